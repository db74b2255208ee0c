"""FrameExit: TSN's ResNet-50 with an exit after each of 16 frames."""

_base_ = './tsn_r50.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.ExitingFrames',
        backbone=_base_.model.backbone,
        channels=2048,
        num_classes=200,
        input_shape=(3, 224, 224),
        frames=16,
        dropout=0.4,
    ),
    cls_head=dict(
        _delete_=True,
        type='vared_mm.ExitHead',
        frames=16,
        num_classes=200,
        beta=1e-4,
        average_clips=None,
    ),
)
