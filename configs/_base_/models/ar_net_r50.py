"""AR-Net: MobileNetV2 at 84 pixels sends each of 16 frames to ResNet-50 at 224, ResNet-34 at 168,
ResNet-18 at 112, its own classifier, or skips 1, 2 or 4. 62.59 M parameters.

Actions are drawn at test, too, as its public code does; ``sample=False`` takes the likeliest.
"""

model = dict(
    type='Recognizer2D',
    backbone=dict(
        type='vared_mm.AdaptiveFrames',
        classifiers=[
            dict(
                backbone=dict(type='ResNet', depth=50, pretrained=None, norm_eval=False),
                channels=2048,
                size=224,
            ),
            dict(
                backbone=dict(type='ResNet', depth=34, pretrained=None, norm_eval=False),
                channels=512,
                size=168,
            ),
            dict(
                backbone=dict(type='ResNet', depth=18, pretrained=None, norm_eval=False),
                channels=512,
                size=112,
            ),
        ],
        policy=dict(backbone=dict(type='MobileNetV2'), channels=1280, size=84),
        num_classes=200,
        frames=16,
        sample=True,
    ),
    cls_head=dict(
        type='vared_mm.ScoreHead',
        frames=16,
        num_classes=200,
        loss_cls=dict(type='CrossEntropyLoss', loss_weight=0.95),
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
