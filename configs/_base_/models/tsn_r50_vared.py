"""TSN ResNet-50 with every convolution of the blocks dynamic, 16 frames folded into the batch.

Gates that see every frame would be a quarter of the model: 5.77 M parameters beside 23.92 M. Their
descriptor is averaged over time into two bins: 0.73 M.
"""

_base_ = './tsn_r50.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 224, 224),
        temporal=2,
        channel=2,
        frames=16,
        include=r'layer\d',
        temporal_bins=2,
    )
)
