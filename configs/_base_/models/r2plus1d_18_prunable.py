"""R(2+1)D-18 whose convolutions have masks, for weight pruning."""

_base_ = './r2plus1d_18.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.PrunableBackbone', backbone=_base_.model.backbone)
)
