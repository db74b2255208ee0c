"""Demo: small TSN on stacks of moving shapes, an exit after each (FrameExit).

Command: python tools/train.py configs/demo/frameexit_tsn-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/rivals/ and docs/results.md.
"""

_base_ = [
    '../_base_/models/frame_exit_tiny.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

train_cfg = dict(max_epochs=48, val_interval=48)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=45, end=48)
default_hooks = dict(cost_record=dict(clip_frames=8))
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]
