"""Small X3D on real clips, time dynamic, alone,
finetuned with the efficiency loss.

Command: python tools/train.py configs/real/vared-t2-finetuned_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2_x3d-small_real.
"""

_base_ = './vared-t2c2-finetuned_x3d-small_real.py'

model = dict(backbone=dict(temporal=2, channel=1))
load_from = 'work_dirs/vared-t2_x3d-small_real/epoch_8.pth'
