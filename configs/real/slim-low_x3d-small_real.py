"""Small X3D on real clips, channels cut out of the static model, then finetuned,
where the efficiency loss weighs 0.2.

Command: python tools/train.py configs/real/slim-low_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_x3d-small_real.
"""

_base_ = './slim_x3d-small_real.py'
