"""YOWO on a frozen I3D-InceptionV2, static: 43.93 GMACs at 16 x 224 x 224, 1.03 of them the head.

The anchors are those of YOWO's public code, made from this data set, in cells of the 7 x 7 grid.
"""

model = dict(
    type='vared_mm.YOWO',
    backbone=dict(type='vared_mm.I3DInceptionV2'),
    neck=dict(type='vared_mm.CFAM', in_channels=1024),
    head=dict(
        type='vared_mm.YOWOHead',
        in_channels=1024,
        num_classes=21,
        anchors=[
            (0.95878, 3.10197),
            (1.67204, 4.0040),
            (1.75482, 5.64937),
            (3.09299, 5.80857),
            (4.91803, 6.25225),
        ],
    ),
    freeze_backbone=True,
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW',
    ),
)
