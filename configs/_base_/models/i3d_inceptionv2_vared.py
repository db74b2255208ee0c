"""I3D-InceptionV2 with every convolution dynamic, its 7x7x7 stem too.

26.5 of 56.0 GFLOPs, as the thesis has it, can't be reached without the stem. Parameters: 12.59 M
and 1.23 M of gates at 16 frames.
"""

_base_ = './i3d_inceptionv2.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.DynamicBackbone',
        backbone=_base_.model.backbone,
        input_shape=(3, 16, 256, 256),
        temporal=2,
        channel=2,
    )
)
