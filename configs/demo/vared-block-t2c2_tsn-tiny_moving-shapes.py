"""Demo: small TSN on stacks of moving shapes, blocks dynamic, no efficiency loss
yet.

Command: python tools/train.py configs/demo/vared-block-t2c2_tsn-tiny_moving-shapes.py
Method: docs/blockwise.md. Ours: not yet run.
"""

_base_ = [
    '../_base_/models/tsn_tiny_block.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

default_hooks = dict(cost_record=dict(clip_frames=8))
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]
