"""Small R(2+1)D on real clips, a narrower static network of the dynamic model's MACs,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/narrow-high_r2plus1d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: pretrain_r2plus1d-small_real.
"""

_base_ = './narrow_r2plus1d-small_real.py'
