"""Small PSPNet on real images, channels cut out of the static model, then finetuned.

Command: python tools/train.py configs/real/slim_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: static_pspnet-small_real.
"""

_base_ = './narrow-longer_pspnet-small_real.py'

load_from = 'work_dirs/static_pspnet-small_real/epoch_12.pth'
