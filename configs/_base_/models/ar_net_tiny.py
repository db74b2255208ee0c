"""A small AR-Net for the demo; its networks cost as AR-Net's do, relative to each other."""

model = dict(
    type='Recognizer2D',
    backbone=dict(
        type='vared_mm.AdaptiveFrames',
        classifiers=[
            dict(
                backbone=dict(
                    type='vared_mm.FrameResNet',
                    in_channels=6,
                    base_channels=14,
                    strides=(1, 2, 2),
                ),
                channels=56,
                size=32,
                dropout=0.2,
            ),
            dict(
                backbone=dict(
                    type='vared_mm.FrameResNet',
                    in_channels=6,
                    base_channels=14,
                    strides=(1, 2, 2),
                ),
                channels=56,
                size=24,
                dropout=0.2,
            ),
            dict(
                backbone=dict(
                    type='vared_mm.FrameResNet',
                    in_channels=6,
                    base_channels=10,
                    strides=(1, 2, 2),
                ),
                channels=40,
                size=16,
                dropout=0.2,
            ),
        ],
        policy=dict(
            backbone=dict(
                type='vared_mm.FrameResNet', in_channels=6, base_channels=6, strides=(1, 2, 2)
            ),
            channels=24,
            size=12,
            dropout=0.2,
        ),
        input_channels=6,
        num_classes=12,
        frames=8,
        hidden=32,
    ),
    cls_head=dict(
        type='vared_mm.ScoreHead',
        frames=8,
        num_classes=12,
        loss_cls=dict(type='CrossEntropyLoss', loss_weight=0.95),
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
