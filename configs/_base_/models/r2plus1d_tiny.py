"""A small R(2+1)D for the demo: three blocks, width 16, 50.9 MMACs at 8 x 32 x 32.

Its stem is 3x3x3, so that the dynamic layers have 70 % of the MACs, as those of R(2+1)D-18 have.
"""

model = dict(
    type='Recognizer3D',
    backbone=dict(
        type='vared_mm.R2Plus1D',
        depth=18,
        base_channels=16,
        num_stages=3,
        stage_blocks=(1, 1, 1),
        conv1_kernel=(3, 3, 3),
    ),
    cls_head=dict(
        type='I3DHead',
        in_channels=64,
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
