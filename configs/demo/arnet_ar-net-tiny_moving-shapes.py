"""Demo: small AR-Net on stacks of moving shapes; the networks learn on, the policy is frozen.

Command: python tools/train.py configs/demo/arnet_ar-net-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/rivals/ and docs/results.md.
After: arnet-joint_ar-net-tiny_moving-shapes.
"""

_base_ = [
    '../_base_/models/ar_net_tiny.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/demo_finetune.py',
    '../_base_/demo_runtime.py',
]

model = dict(backbone=dict(stage='finetune', unit=3.7e6))
optim_wrapper = dict(optimizer=dict(lr=0.005), clip_grad=dict(max_norm=20))
custom_hooks = [
    dict(type='vared_mm.LayerLossHook', weight=0.05),
    dict(type='vared_mm.TemperatureHook', initial=5, rate=0.15),
]
default_hooks = dict(cost_record=dict(clip_frames=8))
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]

load_from = 'work_dirs/arnet-joint_ar-net-tiny_moving-shapes/epoch_18.pth'
