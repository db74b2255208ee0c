"""The small PSPNet with the twelve convolutions of its residual blocks dynamic, along channels."""

_base_ = './pspnet_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 96, 128),
        temporal=1,
        channel=2,
        include=r'layer\d.*conv\d',
    )
)
