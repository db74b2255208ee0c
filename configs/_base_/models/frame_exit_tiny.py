"""The demo's TSN with an exit after each stack of frames (FrameExit)."""

_base_ = './tsn_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.ExitingFrames',
        backbone=_base_.model.backbone,
        channels=56,
        num_classes=12,
        input_shape=(6, 32, 32),
        frames=8,
        dropout=0.2,
    ),
    cls_head=dict(
        _delete_=True,
        type='vared_mm.ExitHead',
        frames=8,
        num_classes=12,
        beta=2e-4,
        average_clips=None,
    ),
)
