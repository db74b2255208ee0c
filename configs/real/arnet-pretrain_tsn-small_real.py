"""AR-Net's networks on generated moving shapes, each by itself: where their training on real clips starts.

Command: python tools/train.py configs/real/arnet-pretrain_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
"""

_base_ = [
    '../_base_/models/ar_net_small.py',
    '../_base_/datasets/moving_shapes_whole_stacks.py',
    '../_base_/schedules/real_pretrain.py',
    '../_base_/demo_runtime.py',
]

default_hooks = dict(cost_record=dict(clip_frames=8))
model = dict(backbone=dict(stage='classifiers'), cls_head=dict(loss_cls=dict(loss_weight=1.0)))
optim_wrapper = dict(clip_grad=dict(max_norm=20))
