"""Small PSPNet on real images, a narrower static network of the dynamic model's MACs, trained as long,
where the efficiency loss weighs 0.2.

Command: python tools/train.py configs/real/narrow-longer-low_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: narrow-low_pspnet-small_real.
"""

_base_ = './narrow-longer_pspnet-small_real.py'

load_from = 'work_dirs/narrow-low_pspnet-small_real/epoch_12.pth'
