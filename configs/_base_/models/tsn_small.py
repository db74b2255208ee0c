"""A small TSN over 8 stacks of two frames: 24.5 MMACs at 72 x 40 pixels."""

_base_ = './tsn_tiny.py'

model = dict(backbone=dict(base_channels=16, strides=(2, 2, 2)), cls_head=dict(in_channels=64))
