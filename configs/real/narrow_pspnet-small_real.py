"""Small PSPNet on real images, a narrower static network of the finetuned dynamic model's MACs.

Command: python tools/train.py configs/real/narrow_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: pretrain_pspnet-small_real.
"""

_base_ = './static_pspnet-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.NarrowBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 96, 128),
        share=0.6,  # the suite sets what the finetuned dynamic model executes
    )
)
load_from = 'work_dirs/pretrain_pspnet-small_real/epoch_12.pth'
