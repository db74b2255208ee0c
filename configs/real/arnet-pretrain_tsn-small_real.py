"""AR-Net's networks on generated moving shapes, each by itself: where their training on real clips starts.

Command: python tools/train.py configs/real/arnet-pretrain_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
"""

_base_ = [
    '../_base_/models/ar_net_small.py',
    '../_base_/datasets/moving_shapes_stacks.py',
    '../_base_/schedules/real_pretrain.py',
    '../_base_/demo_runtime.py',
]

opening = dict(type='vared_mm.CachedOpen', folder='data/frames')
train_pipeline = _base_.train_pipeline
train_pipeline[0] = opening
train_pipeline[3:5] = [
    dict(type='RandomResizedCrop', area_range=(0.6, 1.0), aspect_ratio_range=(1.0, 1.8)),
    dict(type='Resize', scale=(56, 32), keep_ratio=False),
]
val_pipeline = _base_.val_pipeline
val_pipeline[0] = opening
val_pipeline[3:5] = [dict(type='Resize', scale=(56, 32), keep_ratio=False)]
del opening

default_hooks = dict(cost_record=dict(clip_frames=8))
train_dataloader = dict(
    num_workers=0, persistent_workers=False, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(pipeline=val_pipeline))
model = dict(backbone=dict(stage='classifiers'), cls_head=dict(loss_cls=dict(loss_weight=1.0)))
optim_wrapper = dict(clip_grad=dict(max_norm=20))
