"""TSN ResNet-50, static: 23.92 M parameters, 65.75 GMACs for 16 frames of 224 x 224.

`frames` of the head is the length of one view.
"""

model = dict(
    type='Recognizer2D',
    backbone=dict(type='ResNet', depth=50, pretrained=None, norm_eval=False),
    cls_head=dict(
        type='vared_mm.TSNHead',
        frames=16,
        in_channels=2048,
        num_classes=200,
        spatial_type='avg',
        consensus=dict(type='AvgConsensus', dim=1),
        dropout_ratio=0.4,
        average_clips=None,
    ),
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCHW',
    ),
    train_cfg=None,
    test_cfg=None,
)
