"""Small PSPNet on real images, choices drawn for each image by the frequencies
of the dynamic model,
where the efficiency loss weighs 0.2.

Command: python tools/train.py configs/real/random-c2-low_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-c2_pspnet-small_real.
"""

_base_ = './random-c2_pspnet-small_real.py'
