"""Small R(2+1)D on real clips, channels cut out of the static model, then finetuned.

Command: python tools/train.py configs/real/slim_r2plus1d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_r2plus1d-small_real.
"""

_base_ = './static-longer_r2plus1d-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.NarrowBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 40, 72),
        share=0.6,  # the suite sets what the finetuned dynamic model executes
    )
)
load_from = 'work_dirs/static_r2plus1d-small_real/epoch_12.pth'
