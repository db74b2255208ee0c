"""The demo's I3D with every convolution dynamic."""

_base_ = './i3d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 64, 64),
        temporal=2,
        channel=2,
    )
)
