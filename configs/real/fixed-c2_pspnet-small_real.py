"""Small PSPNet on real images, one choice a layer for all images, that of most training images
at the cost of the finetuned dynamic model.

Command: python tools/train.py configs/real/fixed-c2_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-c2_pspnet-small_real.
"""

_base_ = './vared-c2-finetuned_pspnet-small_real.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.BlindBackbone', backbone=_base_.model.backbone)
)
custom_hooks = _base_.custom_hooks[:1]
load_from = 'work_dirs/vared-c2_pspnet-small_real/epoch_12.pth'
