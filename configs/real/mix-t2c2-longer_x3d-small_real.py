"""Small X3D on real clips, the same mix for every clip, trained as long as the dynamic model.

Command: python tools/train.py configs/real/mix-t2c2-longer_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: mix-t2c2_x3d-small_real.
"""

_base_ = './vared-t2c2-finetuned_x3d-small_real.py'

model = dict(backbone=dict(gate='constant'))
custom_hooks = _base_.custom_hooks[:1]
load_from = 'work_dirs/mix-t2c2_x3d-small_real/epoch_8.pth'
