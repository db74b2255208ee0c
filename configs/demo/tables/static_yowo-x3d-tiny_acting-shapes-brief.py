"""Demo profile of table 4.9: YOWO on a small X3D, acting shapes, static.

Command: python tools/train.py configs/demo/tables/static_yowo-x3d-tiny_acting-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.9 --profile demo
"""

_base_ = [
    '../../_base_/models/yowo_x3d_tiny.py',
    '../../_base_/datasets/acting_shapes.py',
    '../../_base_/schedules/brief_localization.py',
    '../../_base_/demo_runtime.py',
]
