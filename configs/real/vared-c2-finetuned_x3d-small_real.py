"""Small X3D on real clips, channels dynamic, alone,
finetuned with the efficiency loss.

Command: python tools/train.py configs/real/vared-c2-finetuned_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-c2_x3d-small_real.
"""

_base_ = './vared-t2c2-finetuned_x3d-small_real.py'

model = dict(backbone=dict(temporal=1, channel=2))
load_from = 'work_dirs/vared-c2_x3d-small_real/epoch_8.pth'
