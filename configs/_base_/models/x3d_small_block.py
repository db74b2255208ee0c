"""The small X3D whose residual blocks are dynamic."""

_base_ = './x3d_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 32, 56),
        temporal=2,
        channel=2,
        include=r'layer\d',
        multiple=2,
        temporal_bins=2,
        start='static',
        bias=True,
    )
)
