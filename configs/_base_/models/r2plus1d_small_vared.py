"""The small R(2+1)D with the six 1x3x3 convolutions of its residual blocks dynamic."""

_base_ = './r2plus1d_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 32, 56),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv_s',
    )
)
