"""Small R(2+1)D on real clips, channels cut out of the static model, then finetuned,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/slim-high_r2plus1d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_r2plus1d-small_real.
"""

_base_ = './slim_r2plus1d-small_real.py'
