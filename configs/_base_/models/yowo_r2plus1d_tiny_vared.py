"""The demo's YOWO with the six 1x3x3 convolutions of the residual blocks dynamic."""

_base_ = './yowo_r2plus1d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 64, 64),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv_s',
    )
)
