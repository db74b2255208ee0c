"""Small PSPNet on real images, a narrower static network of the dynamic model's MACs, trained as long,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/narrow-longer-high_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: narrow-high_pspnet-small_real.
"""

_base_ = './narrow-longer_pspnet-small_real.py'

load_from = 'work_dirs/narrow-high_pspnet-small_real/epoch_12.pth'
