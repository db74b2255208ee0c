"""Small R(2+1)D on real clips, the same mix for every clip, trained as long as the dynamic model.

Command: python tools/train.py configs/real/mix-t2c2-longer_r2plus1d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: mix-t2c2_r2plus1d-small_real.
"""

_base_ = './vared-t2c2-finetuned_r2plus1d-small_real.py'

model = dict(backbone=dict(gate='constant'))
custom_hooks = _base_.custom_hooks[:1]
load_from = 'work_dirs/mix-t2c2_r2plus1d-small_real/epoch_8.pth'
