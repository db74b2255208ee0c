"""The demo's R(2+1)D with the six 1x3x3 convolutions of its residual blocks channel-gated."""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.GatedBackbone',
        backbone=_base_.model.backbone,
        include=r'layer\d.*conv_s',
        parts=4,
        target=0.3,
    )
)
