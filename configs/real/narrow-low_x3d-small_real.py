"""Small X3D on real clips, a narrower static network of the dynamic model's MACs,
where the efficiency loss weighs 0.2.

Command: python tools/train.py configs/real/narrow-low_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: pretrain_x3d-small_real.
"""

_base_ = './narrow_x3d-small_real.py'
