"""X3D-M whose blocks are dynamic: expand, depthwise, project.

The gates' descriptor is averaged over time into two bins, as in the per-layer model.
"""

_base_ = './x3d_m.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 256, 256),
        temporal=2,
        channel=2,
        include=r'layer\d',
        temporal_bins=2,
    )
)
