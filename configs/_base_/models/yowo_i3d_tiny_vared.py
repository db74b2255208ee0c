"""The demo's YOWO on I3D with every convolution of the backbone dynamic."""

_base_ = './yowo_i3d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 128, 128),
        temporal=2,
        channel=2,
    )
)
