"""Demo: small AR-Net on stacks of moving shapes; policy and networks learn together.

Command: python tools/train.py configs/demo/arnet-joint_ar-net-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/rivals/ and docs/results.md.
After: arnet-classifiers_ar-net-tiny_moving-shapes.
"""

_base_ = [
    '../_base_/models/ar_net_tiny.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

model = dict(backbone=dict(unit=3.7e6))
optim_wrapper = dict(optimizer=dict(lr=0.01), clip_grad=dict(max_norm=20))
train_cfg = dict(max_epochs=18, val_interval=18)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=15, end=18)
custom_hooks = [
    dict(type='vared_mm.LayerLossHook', weight=0.05),
    dict(type='vared_mm.TemperatureHook', initial=5, rate=0.15),
]
default_hooks = dict(cost_record=dict(clip_frames=8))
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]

load_from = 'work_dirs/arnet-classifiers_ar-net-tiny_moving-shapes/epoch_18.pth'
