"""Small X3D on real clips, a narrower static network of the dynamic model's MACs, trained as long,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/narrow-longer-high_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: narrow-high_x3d-small_real.
"""

_base_ = './narrow-longer_x3d-small_real.py'

load_from = 'work_dirs/narrow-high_x3d-small_real/epoch_8.pth'
