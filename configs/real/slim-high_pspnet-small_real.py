"""Small PSPNet on real images, channels cut out of the static model, then finetuned,
where the efficiency loss weighs 3.2.

Command: python tools/train.py configs/real/slim-high_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: static_pspnet-small_real.
"""

_base_ = './slim_pspnet-small_real.py'
