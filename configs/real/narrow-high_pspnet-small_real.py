"""Small PSPNet on real images, a narrower static network of the dynamic model's MACs,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/narrow-high_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: pretrain_pspnet-small_real.
"""

_base_ = './narrow_pspnet-small_real.py'
