"""The demo's R(2+1)D whose convolutions have masks, for weight pruning."""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.PrunableBackbone', backbone=_base_.model.backbone)
)
