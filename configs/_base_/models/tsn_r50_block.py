"""TSN ResNet-50 whose bottlenecks are dynamic, 16 frames folded into the batch.

The gates' descriptor is averaged over time into two bins, as in the per-layer model.
"""

_base_ = './tsn_r50.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 224, 224),
        temporal=2,
        channel=2,
        frames=16,
        include=r'layer\d',
        temporal_bins=2,
    )
)
