"""Small TSN with exits (FrameExit) on generated moving shapes: where its training on real clips starts.

Command: python tools/train.py configs/real/frameexit-pretrain_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
"""

_base_ = './pretrain_tsn-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.ExitingFrames',
        backbone=_base_.model.backbone,
        channels=64,
        num_classes=12,
        input_shape=(6, 32, 56),
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
