"""Demo profile of table 4.2: narrow I3D, 8 frames of moving shapes at 64 pixels, static.

Command: python tools/train.py configs/demo/tables/static_i3d-tiny-8f_moving-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.2 --profile demo
"""

_base_ = [
    '../../_base_/models/i3d_tiny.py',
    '../../_base_/datasets/moving_shapes_64.py',
    '../../_base_/schedules/brief_adamw.py',
    '../../_base_/demo_runtime.py',
]
