"""Small PSPNet on real images, the same mix for every image, without gates: what the mix alone gives.

Command: python tools/train.py configs/real/mix-c2_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: pretrain_pspnet-small_real.
"""

_base_ = './vared-c2_pspnet-small_real.py'

model = dict(backbone=dict(gate='constant'))
load_from = 'work_dirs/pretrain_pspnet-small_real/epoch_12.pth'
