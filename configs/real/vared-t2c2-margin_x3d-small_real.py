"""Small X3D on real clips, time and channels dynamic,
finetuned with an efficiency loss that goes by the margin.

Command: python tools/train.py configs/real/vared-t2c2-margin_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2c2_x3d-small_real.
"""

_base_ = './vared-t2c2-finetuned_x3d-small_real.py'

custom_hooks = [*_base_.custom_hooks[:1], dict(type='vared_mm.MarginEfficiencyHook', weight=0.8)]
load_from = 'work_dirs/vared-t2c2_x3d-small_real/epoch_8.pth'
