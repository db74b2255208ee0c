"""The demo's PSPNet with the convolutions of its backbone's blocks dynamic, along channels."""

_base_ = './pspnet_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 64, 64),
        temporal=1,
        channel=2,
        include=r'layer\d',
    )
)
