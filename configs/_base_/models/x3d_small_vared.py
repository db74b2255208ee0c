"""The small X3D with every convolution of its blocks dynamic."""

_base_ = './x3d_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 32, 56),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv\d',
        temporal_bins=2,
    )
)
