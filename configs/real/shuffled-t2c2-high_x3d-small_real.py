"""Small X3D on real clips, the dynamic model where the efficiency loss weighs 3.2,
tested with each clip having another's choices. It is not trained.

Command: python tools/train.py configs/real/shuffled-t2c2-high_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2c2-high_x3d-small_real.
"""

_base_ = './vared-t2c2-high_x3d-small_real.py'

custom_hooks = [*_base_.custom_hooks[:1], dict(type='vared_mm.ShuffledChoiceHook')]
load_from = 'work_dirs/vared-t2c2-high_x3d-small_real/epoch_4.pth'
