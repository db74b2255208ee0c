"""Small PSPNet on real images, channels dynamic,
finetuned with the efficiency loss at another weight: another budget.

Command: python tools/train.py configs/real/vared-c2-low_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-c2_pspnet-small_real.
"""

_base_ = './vared-c2-finetuned_pspnet-small_real.py'

custom_hooks = [*_base_.custom_hooks[:1], dict(type='vared_mm.EfficiencyLossHook', weight=0.2)]
load_from = 'work_dirs/vared-c2_pspnet-small_real/epoch_12.pth'
