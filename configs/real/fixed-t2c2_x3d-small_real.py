"""Small X3D on real clips, one choice a layer for all clips, that of most training clips
at the cost of the finetuned dynamic model.

Command: python tools/train.py configs/real/fixed-t2c2_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2c2_x3d-small_real.
"""

_base_ = './vared-t2c2-finetuned_x3d-small_real.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.BlindBackbone', backbone=_base_.model.backbone)
)
custom_hooks = _base_.custom_hooks[:1]
load_from = 'work_dirs/vared-t2c2_x3d-small_real/epoch_8.pth'
