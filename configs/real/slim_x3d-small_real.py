"""Small X3D on real clips, channels cut out of the static model, then finetuned.

Command: python tools/train.py configs/real/slim_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_x3d-small_real.
"""

_base_ = './narrow-longer_x3d-small_real.py'

load_from = 'work_dirs/static_x3d-small_real/epoch_8.pth'
