"""Demo profile of table 4.2: narrow I3D, 8 frames of moving shapes at 64 pixels, dynamic.

Command: python tools/train.py configs/demo/tables/vared-t2c2-finetuned_i3d-tiny-8f_moving-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.2 --profile demo
After: static_i3d-tiny-8f_moving-shapes-brief.
"""

_base_ = [
    '../../_base_/models/i3d_tiny_vared.py',
    '../../_base_/datasets/moving_shapes_64.py',
    '../../_base_/schedules/brief_finetune_adamw.py',
    '../../_base_/demo_runtime.py',
]

load_from = 'work_dirs/static_i3d-tiny-8f_moving-shapes-brief/epoch_8.pth'
