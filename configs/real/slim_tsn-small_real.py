"""Small TSN on real clips, channels cut out of the static model, then finetuned.

Command: python tools/train.py configs/real/slim_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_tsn-small_real.
"""

_base_ = './static-longer_tsn-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.NarrowBackbone',
        backbone=_base_.model.backbone,
        input_shape=(6, 40, 72),
        share=0.6,  # the suite sets what the finetuned dynamic model executes
    )
)
load_from = 'work_dirs/static_tsn-small_real/epoch_12.pth'
