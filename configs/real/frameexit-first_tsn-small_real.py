"""Small TSN on real clips, an exit after each stack of frames (FrameExit); first stage.

Command: python tools/train.py configs/real/frameexit-first_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: frameexit-pretrain_tsn-small_real.
"""

_base_ = [
    '../_base_/models/frame_exit_small.py',
    '../_base_/datasets/real_frames.py',
    '../_base_/schedules/real.py',
    '../_base_/real_runtime.py',
]

model = dict(
    backbone=dict(num_classes=_base_.num_classes), cls_head=dict(num_classes=_base_.num_classes)
)
default_hooks = dict(cost_record=dict(clip_frames=8))
load_from = 'work_dirs/frameexit-pretrain_tsn-small_real/epoch_12.pth'
