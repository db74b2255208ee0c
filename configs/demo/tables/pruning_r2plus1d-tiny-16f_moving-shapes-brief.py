"""Demo profile of table 4.8: small R(2+1)D, 16 frames of moving shapes, weights pruned.

Command: python tools/train.py configs/demo/tables/pruning_r2plus1d-tiny-16f_moving-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.8 --profile demo
After: static_r2plus1d-tiny-16f_moving-shapes-brief.
Target: 72 % of the MACs, as the thesis' rows have.
"""

_base_ = [
    '../../_base_/models/r2plus1d_tiny_prunable.py',
    '../../_base_/datasets/moving_shapes_16f.py',
    '../../_base_/schedules/brief_prune.py',
    '../../_base_/demo_runtime.py',
]

custom_hooks = [
    dict(
        type='vared_mm.WeightPruningHook',
        target=30.1e6,
        input_shape=(1, 1, 3, 16, 32, 32),
        epochs=(0, 2, 4),
    )
]
load_from = 'work_dirs/static_r2plus1d-tiny-16f_moving-shapes-brief/epoch_10.pth'
