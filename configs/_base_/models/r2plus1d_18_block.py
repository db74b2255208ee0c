"""R(2+1)D-18 whose residual blocks are dynamic: one gate and three hidden tensors each."""

_base_ = './r2plus1d_18.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 128, 128),
        temporal=2,
        channel=2,
        include=r'layer\d',
    )
)
