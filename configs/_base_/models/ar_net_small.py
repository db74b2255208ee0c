"""AR-Net for frames of 56 x 32 pixels; its networks cost as AR-Net's do, relative to each other."""

_base_ = './ar_net_tiny.py'

large = dict(
    backbone=dict(type='vared_mm.FrameResNet', in_channels=6, base_channels=16, strides=(2, 2, 2)),
    channels=64,
    dropout=0.2,
)
small = dict(
    backbone=dict(type='vared_mm.FrameResNet', in_channels=6, base_channels=12, strides=(2, 2, 2)),
    channels=48,
    dropout=0.2,
)
model = dict(
    backbone=dict(
        classifiers=[
            dict(size=(32, 56), **large),
            dict(size=(24, 42), **large),
            dict(size=(16, 28), **small),
        ],
        policy=dict(backbone=dict(strides=(2, 2, 2)), size=(12, 21)),
        unit=1.83e6,  # MACs of the first classifier for a stack of frames
    )
)
del large, small
