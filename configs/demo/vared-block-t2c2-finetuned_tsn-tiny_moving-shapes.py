"""Demo: small TSN on stacks of moving shapes, blocks dynamic, finetuned with the
efficiency loss.

Command: python tools/train.py configs/demo/vared-block-t2c2-finetuned_tsn-tiny_moving-shapes.py
Method: docs/blockwise.md. Ours: not yet run.
After: vared-block-t2c2_tsn-tiny_moving-shapes.
"""

_base_ = [
    '../_base_/models/tsn_tiny_block.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/demo_finetune.py',
    '../_base_/demo_runtime.py',
]

custom_hooks = [dict(type='vared_mm.EfficiencyLossHook', weight=8, target=0.7)]
default_hooks = dict(cost_record=dict(clip_frames=8))
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]

load_from = 'work_dirs/vared-block-t2c2_tsn-tiny_moving-shapes/epoch_36.pth'
