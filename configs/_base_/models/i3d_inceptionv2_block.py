"""I3D-InceptionV2 whose stem and Inception blocks are dynamic."""

_base_ = './i3d_inceptionv2.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.BlockwiseBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 256, 256),
        temporal=2,
        channel=2,
    )
)
