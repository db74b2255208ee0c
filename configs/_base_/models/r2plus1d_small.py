"""A small R(2+1)D: three blocks, width 12, 14.6 MMACs at 8 x 32 x 56."""

model = dict(
    type='Recognizer3D',
    backbone=dict(
        type='vared_mm.R2Plus1D',
        depth=18,
        base_channels=12,
        num_stages=3,
        stage_blocks=(1, 1, 1),
        conv1_kernel=(1, 3, 3),
        spatial_strides=(2, 2, 2),
    ),
    cls_head=dict(
        type='I3DHead',
        in_channels=48,
        num_classes=12,
        spatial_type='avg',
        dropout_ratio=0.2,
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
