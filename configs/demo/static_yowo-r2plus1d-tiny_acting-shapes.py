"""Localization demo: YOWO on a small R(2+1)D, acting shapes, static.

Command: python tools/train.py configs/demo/static_yowo-r2plus1d-tiny_acting-shapes.py
All stages: make demo-localization.
"""

_base_ = [
    '../_base_/models/yowo_r2plus1d_tiny.py',
    '../_base_/datasets/acting_shapes.py',
    '../_base_/schedules/demo_localization.py',
    '../_base_/demo_runtime.py',
]
