"""Small X3D on real clips, blocks dynamic along time and channels,
finetuned with the efficiency loss.

Command: python tools/train.py configs/real/vared-block-t2c2-finetuned_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-block-t2c2_x3d-small_real.
"""

_base_ = [
    '../_base_/models/x3d_small_block.py',
    '../_base_/datasets/real_clips.py',
    '../_base_/schedules/real_finetune.py',
    '../_base_/real_runtime.py',
]

model = dict(cls_head=dict(num_classes=_base_.num_classes))
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.EfficiencyLossHook', weight=0.8)]
load_from = 'work_dirs/vared-block-t2c2_x3d-small_real/epoch_8.pth'
