"""Small PSPNet on real images, the dynamic model where the efficiency loss weighs 3.2,
tested with each image having another's choices. It is not trained.

Command: python tools/train.py configs/real/shuffled-c2-high_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-c2-high_pspnet-small_real.
"""

_base_ = './vared-c2-high_pspnet-small_real.py'

custom_hooks = [*_base_.custom_hooks[:1], dict(type='vared_mm.ShuffledChoiceHook')]
load_from = 'work_dirs/vared-c2-high_pspnet-small_real/epoch_6.pth'
