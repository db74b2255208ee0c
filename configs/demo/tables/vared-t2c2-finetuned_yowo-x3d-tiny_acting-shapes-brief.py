"""Demo profile of table 4.9: YOWO on a small X3D, acting shapes, time and channels dynamic.

Command: python tools/train.py configs/demo/tables/vared-t2c2-finetuned_yowo-x3d-tiny_acting-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.9 --profile demo
After: static_yowo-x3d-tiny_acting-shapes-brief.
"""

_base_ = [
    '../../_base_/models/yowo_x3d_tiny_vared.py',
    '../../_base_/datasets/acting_shapes.py',
    '../../_base_/schedules/brief_localization_finetune.py',
    '../../_base_/demo_runtime.py',
]

load_from = 'work_dirs/static_yowo-x3d-tiny_acting-shapes-brief/epoch_6.pth'
