"""Demo: small R(2+1)D on moving shapes, channel-gated (CGNet).

As many epochs as the dynamic model has in both its stages.

Command: python tools/train.py configs/demo/cgnet_r2plus1d-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/demo/ and README.md.
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny_gated.py',
    '../_base_/datasets/moving_shapes.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

train_cfg = dict(max_epochs=40, val_interval=40)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=37, end=40)
optim_wrapper = dict(
    paramwise_cfg=dict(_delete_=True, custom_keys={'.threshold': dict(decay_mult=0)})
)
custom_hooks = [dict(type='vared_mm.LayerLossHook', weight=1e-4)]
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]
