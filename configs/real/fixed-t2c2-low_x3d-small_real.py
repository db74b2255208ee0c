"""Small X3D on real clips, one choice a layer for all clips, that of most training clips
at the cost of the dynamic model,
where the efficiency loss weighs 0.2.

Command: python tools/train.py configs/real/fixed-t2c2-low_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2c2_x3d-small_real.
"""

_base_ = './fixed-t2c2_x3d-small_real.py'
