"""Demo: small R(2+1)D on moving shapes, weights pruned in three rounds of four epochs.

Command: python tools/train.py configs/demo/pruning_r2plus1d-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/rivals/ and docs/results.md.
After: static_r2plus1d-tiny_moving-shapes.
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny_prunable.py',
    '../_base_/datasets/moving_shapes.py',
    '../_base_/schedules/demo_prune.py',
    '../_base_/demo_runtime.py',
]

test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]

load_from = 'work_dirs/static_r2plus1d-tiny_moving-shapes/epoch_36.pth'
