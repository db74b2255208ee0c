"""The small R(2+1)D whose residual blocks are dynamic."""

_base_ = './r2plus1d_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 32, 56),
        temporal=2,
        channel=2,
        include=r'layer\d',
        multiple=2,
        start='static',
        bias=True,
    )
)
