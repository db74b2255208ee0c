"""The demo's R(2+1)D with channels cut out, to the MACs of the finetuned dynamic model."""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.NarrowBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 8, 32, 32),
        share=0.69,
    )
)
