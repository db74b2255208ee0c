"""Small PSPNet on real images, the same mix for every image, trained as long as the dynamic model.

Command: python tools/train.py configs/real/mix-c2-longer_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: mix-c2_pspnet-small_real.
"""

_base_ = './vared-c2-finetuned_pspnet-small_real.py'

model = dict(backbone=dict(gate='constant'))
custom_hooks = _base_.custom_hooks[:1]
load_from = 'work_dirs/mix-c2_pspnet-small_real/epoch_12.pth'
