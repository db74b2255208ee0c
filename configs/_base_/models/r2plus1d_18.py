"""R(2+1)D-18 of VA-RED2, static: 33.28 M parameters, 55.21 GMACs at 16 x 128 x 128."""

model = dict(
    type='Recognizer3D',
    backbone=dict(type='vared_mm.R2Plus1D', depth=18),
    cls_head=dict(
        type='I3DHead',
        in_channels=512,
        num_classes=200,
        spatial_type='avg',
        dropout_ratio=0.5,
        average_clips=None,
    ),
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW',
    ),
    train_cfg=None,
    test_cfg=None,
)
