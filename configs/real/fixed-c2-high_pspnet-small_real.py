"""Small PSPNet on real images, one choice a layer for all images, that of most training images
at the cost of the dynamic model,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/fixed-c2-high_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-c2_pspnet-small_real.
"""

_base_ = './fixed-c2_pspnet-small_real.py'
