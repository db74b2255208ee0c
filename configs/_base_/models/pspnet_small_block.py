"""The small PSPNet whose residual blocks are dynamic, along channels."""

_base_ = './pspnet_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 96, 128),
        temporal=1,
        channel=2,
        include=r'layer\d',
        multiple=2,
        start='static',
    )
)
