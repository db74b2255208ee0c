"""Demo: small R(2+1)D on moving shapes, blocks dynamic, no efficiency loss yet.

Command: python tools/train.py configs/demo/vared-block-t2c2_r2plus1d-tiny_moving-shapes.py
Method: docs/blockwise.md. Ours: not yet run.
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny_block.py',
    '../_base_/datasets/moving_shapes.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]
