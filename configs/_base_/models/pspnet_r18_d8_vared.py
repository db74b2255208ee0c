"""PSPNet with every convolution of the ResNet's blocks dynamic, along channels only."""

_base_ = './pspnet_r18_d8.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 512, 512),
        temporal=1,
        channel=2,
        include=r'layer\d',
    )
)
