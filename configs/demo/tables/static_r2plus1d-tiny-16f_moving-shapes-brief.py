"""Demo profile of table 4.1: small R(2+1)D, 16 frames of moving shapes, static.

Command: python tools/train.py configs/demo/tables/static_r2plus1d-tiny-16f_moving-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.1 --profile demo
"""

_base_ = [
    '../../_base_/models/r2plus1d_tiny.py',
    '../../_base_/datasets/moving_shapes_16f.py',
    '../../_base_/schedules/brief.py',
    '../../_base_/demo_runtime.py',
]
