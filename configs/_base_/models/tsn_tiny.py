"""A small TSN for the demo, over 8 stacks of two 32 x 32 frames; about the tiny R(2+1)D's MACs."""

model = dict(
    type='Recognizer2D',
    backbone=dict(type='vared_mm.FrameResNet', in_channels=6, base_channels=14, strides=(1, 2, 2)),
    cls_head=dict(
        type='vared_mm.TSNHead',
        frames=8,
        in_channels=56,
        num_classes=12,
        spatial_type='avg',
        consensus=dict(type='AvgConsensus', dim=1),
        dropout_ratio=0.2,
        average_clips=None,
    ),
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53] * 2,
        std=[58.395, 57.12, 57.375] * 2,
        format_shape='NCHW',
    ),
    train_cfg=None,
    test_cfg=None,
)
