"""The small TSN whose residual blocks are dynamic."""

_base_ = './tsn_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(6, 32, 56),
        temporal=2,
        channel=2,
        frames=8,
        include=r'layers',
        multiple=2,
        start='static',
        bias=True,
    )
)
