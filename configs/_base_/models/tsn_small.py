"""A small TSN over 8 stacks of two frames: 14.6 MMACs at 56 x 32 pixels."""

_base_ = './tsn_tiny.py'

model = dict(backbone=dict(base_channels=16, strides=(2, 2, 2)), cls_head=dict(in_channels=64))
