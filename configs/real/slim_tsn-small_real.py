"""Small TSN on real clips, channels cut out of the static model, then finetuned.

Command: python tools/train.py configs/real/slim_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_tsn-small_real.
"""

_base_ = './narrow-longer_tsn-small_real.py'

load_from = 'work_dirs/static_tsn-small_real/epoch_8.pth'
