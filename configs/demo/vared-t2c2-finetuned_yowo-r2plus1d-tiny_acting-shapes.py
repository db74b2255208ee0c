"""Localization demo: YOWO on a small R(2+1)D, acting shapes, time and channels dynamic,
finetuned with the efficiency loss.

Command: python tools/train.py configs/demo/vared-t2c2-finetuned_yowo-r2plus1d-tiny_acting-shapes.py
All stages: make demo-localization. Measured results: results/demo_localization/ and docs/results.md.
After: vared-t2c2_yowo-r2plus1d-tiny_acting-shapes.
"""

_base_ = [
    '../_base_/models/yowo_r2plus1d_tiny_vared.py',
    '../_base_/datasets/acting_shapes.py',
    '../_base_/schedules/demo_localization_finetune.py',
    '../_base_/demo_runtime.py',
]

load_from = 'work_dirs/vared-t2c2_yowo-r2plus1d-tiny_acting-shapes/epoch_8.pth'
