"""Demo: small R(2+1)D on moving shapes, static.

Command: python tools/train.py configs/demo/static_r2plus1d-tiny_moving-shapes.py
All stages: make demo. Measured results: results/demo/ and docs/results.md.
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny.py',
    '../_base_/datasets/moving_shapes.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]
