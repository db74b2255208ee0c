"""YOWO on a frozen I3D-InceptionV2 with every convolution dynamic."""

_base_ = './yowo_i3d_inceptionv2.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 224, 224),
        temporal=2,
        channel=2,
    )
)
