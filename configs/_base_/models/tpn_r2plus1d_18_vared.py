"""TPN on R(2+1)D-18 whose sixteen 1x3x3 convolutions of the residual blocks are dynamic."""

_base_ = './tpn_r2plus1d_18.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 128, 128),
        temporal=2,
        channel=2,
        include=r'layer\d.*conv_s',
    )
)
