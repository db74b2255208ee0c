"""Small X3D on real clips, choices drawn for each clip by the frequencies
of the dynamic model,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/random-t2c2-high_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2c2_x3d-small_real.
"""

_base_ = './random-t2c2_x3d-small_real.py'
