"""Small X3D on real clips, time and channels dynamic,
finetuned with the efficiency loss.

Command: python tools/train.py configs/real/vared-t2c2-finetuned_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: vared-t2c2_x3d-small_real.
"""

_base_ = [
    '../_base_/models/x3d_small_vared.py',
    '../_base_/datasets/real_clips.py',
    '../_base_/schedules/real_finetune.py',
    '../_base_/real_runtime.py',
]

model = dict(cls_head=dict(num_classes=_base_.num_classes))
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.EfficiencyLossHook', weight=0.8)]
load_from = 'work_dirs/vared-t2c2_x3d-small_real/epoch_8.pth'
