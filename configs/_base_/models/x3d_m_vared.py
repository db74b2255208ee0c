"""X3D-M with every convolution of the blocks dynamic: pointwise, depthwise, pointwise.

Gates that see every frame would outweigh the model: 3.78 M parameters beside 3.39 M. Their
descriptor is averaged over time into two bins: 0.48 M.
"""

_base_ = './x3d_m.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 256, 256),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv\d',
        temporal_bins=2,
    )
)
