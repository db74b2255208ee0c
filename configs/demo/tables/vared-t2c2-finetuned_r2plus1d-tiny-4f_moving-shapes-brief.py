"""Demo profile of table 4.1: small R(2+1)D, 4 frames of moving shapes, time and channels dynamic.

Command: python tools/train.py configs/demo/tables/vared-t2c2-finetuned_r2plus1d-tiny-4f_moving-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.1 --profile demo
After: static_r2plus1d-tiny-4f_moving-shapes-brief.
"""

_base_ = [
    '../../_base_/models/r2plus1d_tiny_vared.py',
    '../../_base_/datasets/moving_shapes_4f.py',
    '../../_base_/schedules/brief_finetune.py',
    '../../_base_/demo_runtime.py',
]

model = dict(backbone=dict(input_shape=(3, 4, 32, 32)))
load_from = 'work_dirs/static_r2plus1d-tiny-4f_moving-shapes-brief/epoch_10.pth'
