"""A small PSPNet: ResNet-18's first three stages with deep stem, width 12, stride 8; 11 classes.

34.7 MMACs at 96 x 128. The auxiliary head, for training only, reads the second stage.
"""

_base_ = './pspnet_tiny.py'

model = dict(
    data_preprocessor=dict(size=(96, 128)),
    backbone=dict(
        base_channels=12,
        num_stages=3,
        out_indices=(1, 2),
        strides=(1, 2, 1),
        dilations=(1, 1, 2),
    ),
    decode_head=dict(in_channels=48, in_index=1, channels=24, num_classes=11),
    auxiliary_head=dict(in_channels=24, in_index=0, num_classes=11),
)
