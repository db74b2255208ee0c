"""Small X3D on real clips, blocks dynamic along time and channels, no efficiency loss yet.

Command: python tools/train.py configs/real/vared-block-t2c2_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: pretrain_x3d-small_real.
"""

_base_ = [
    '../_base_/models/x3d_small_block.py',
    '../_base_/datasets/real_clips.py',
    '../_base_/schedules/real.py',
    '../_base_/real_runtime.py',
]

model = dict(cls_head=dict(num_classes=_base_.num_classes))
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.SortChannelsHook')]
load_from = 'work_dirs/pretrain_x3d-small_real/epoch_12.pth'
