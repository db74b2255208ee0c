"""Small X3D on real clips, the same mix for every clip, without gates: what the mix alone gives.

Command: python tools/train.py configs/real/mix-t2c2_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: pretrain_x3d-small_real.
"""

_base_ = './vared-t2c2_x3d-small_real.py'

model = dict(backbone=dict(gate='constant'))
load_from = 'work_dirs/pretrain_x3d-small_real/epoch_12.pth'
