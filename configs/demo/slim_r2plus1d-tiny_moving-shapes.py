"""Demo: small R(2+1)D on moving shapes, channels cut out of the static model, then
finetuned.

Command: python tools/train.py configs/demo/slim_r2plus1d-tiny_moving-shapes.py
All stages: make demo-rivals. Measured results: results/rivals/ and docs/results.md.
After: static_r2plus1d-tiny_moving-shapes.
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny_narrow.py',
    '../_base_/datasets/moving_shapes.py',
    '../_base_/schedules/demo_finetune.py',
    '../_base_/demo_runtime.py',
]

custom_hooks = []  # no gates, so no efficiency loss
test_evaluator = [
    dict(type='vared_mm.RecognitionMetric'),
    dict(type='vared_mm.CostMetric', group_by='motion'),
]

load_from = 'work_dirs/static_r2plus1d-tiny_moving-shapes/epoch_36.pth'
