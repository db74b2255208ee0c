"""AR-Net on real clips, beside the small TSN; every network learns by itself.

Command: python tools/train.py configs/real/arnet-classifiers_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: arnet-pretrain_tsn-small_real.
"""

_base_ = [
    '../_base_/models/ar_net_small.py',
    '../_base_/datasets/real_frames.py',
    '../_base_/schedules/real.py',
    '../_base_/real_runtime.py',
]

model = dict(
    backbone=dict(stage='classifiers', num_classes=_base_.num_classes),
    cls_head=dict(loss_cls=dict(loss_weight=1.0), num_classes=_base_.num_classes),
)
optim_wrapper = dict(clip_grad=dict(max_norm=20))
default_hooks = dict(cost_record=dict(clip_frames=8))
load_from = 'work_dirs/arnet-pretrain_tsn-small_real/epoch_12.pth'
