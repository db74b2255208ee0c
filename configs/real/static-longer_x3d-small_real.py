"""Small X3D on real clips, static, trained as long as methods of two stages.

Command: python tools/train.py configs/real/static-longer_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_x3d-small_real.
"""

_base_ = [
    '../_base_/models/x3d_small.py',
    '../_base_/datasets/real_clips.py',
    '../_base_/schedules/real_finetune.py',
    '../_base_/real_runtime.py',
]

model = dict(cls_head=dict(num_classes=_base_.num_classes))
load_from = 'work_dirs/static_x3d-small_real/epoch_8.pth'
