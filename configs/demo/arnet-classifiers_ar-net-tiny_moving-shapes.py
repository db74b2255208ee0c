"""Demo: small AR-Net on stacks of moving shapes; every network learns by itself.

Command: python tools/train.py configs/demo/arnet-classifiers_ar-net-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/rivals/ and docs/results.md.
"""

_base_ = [
    '../_base_/models/ar_net_tiny.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

model = dict(backbone=dict(stage='classifiers'), cls_head=dict(loss_cls=dict(loss_weight=1.0)))
train_cfg = dict(max_epochs=18, val_interval=18)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=15, end=18)
optim_wrapper = dict(clip_grad=dict(max_norm=20))
default_hooks = dict(cost_record=dict(clip_frames=8))
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]
