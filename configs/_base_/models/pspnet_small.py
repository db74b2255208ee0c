"""A small PSPNet: ResNet-18's first three stages with deep stem, width 12, stride 8; 11 classes.

34.7 MMACs at 96 x 128. The auxiliary head, for training only, reads the second stage.
"""

model = dict(
    type='EncoderDecoder',
    data_preprocessor=dict(
        type='vared_mm.SegDataPreProcessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
        size=(96, 128),
    ),
    backbone=dict(
        type='ResNetV1c',
        depth=18,
        stem_channels=16,
        base_channels=12,
        num_stages=3,
        out_indices=(1, 2),
        strides=(1, 2, 1),
        dilations=(1, 1, 2),
        norm_cfg=dict(type='BN'),
        contract_dilation=True,
    ),
    decode_head=dict(
        type='PSPHead',
        in_channels=48,
        in_index=1,
        channels=24,
        pool_scales=(1, 2, 3, 6),
        dropout_ratio=0.1,
        num_classes=11,
        norm_cfg=dict(type='BN'),
        align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', avg_non_ignore=True),
    ),
    auxiliary_head=dict(
        type='FCNHead',
        in_channels=24,
        in_index=0,
        channels=16,
        num_convs=1,
        concat_input=False,
        dropout_ratio=0.1,
        num_classes=11,
        norm_cfg=dict(type='BN'),
        align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', loss_weight=0.4, avg_non_ignore=True),
    ),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'),
)
