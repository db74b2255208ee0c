"""YOWO on a frozen X3D-M with every convolution of the blocks dynamic."""

_base_ = './yowo_x3d_m.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 224, 224),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv\d',
        temporal_bins=2,
    )
)
