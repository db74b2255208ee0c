"""Small X3D on real clips, channels cut out of the static model, then finetuned,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/slim-high_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_x3d-small_real.
"""

_base_ = './slim_x3d-small_real.py'
