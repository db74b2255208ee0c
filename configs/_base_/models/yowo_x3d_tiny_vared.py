"""The demo's YOWO on X3D with every convolution of the backbone's blocks dynamic."""

_base_ = './yowo_x3d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 64, 64),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv\d',
        temporal_bins=2,
    )
)
