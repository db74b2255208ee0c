"""Small X3D on generated moving shapes: where all networks of its kind start.

Command: python tools/train.py configs/real/pretrain_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
"""

_base_ = [
    '../_base_/models/x3d_small.py',
    '../_base_/datasets/moving_shapes.py',
    '../_base_/schedules/real_pretrain.py',
    '../_base_/demo_runtime.py',
]

opening = dict(type='vared_mm.CachedOpen', folder='data/frames')
train_pipeline = _base_.train_pipeline
train_pipeline[0] = opening
train_pipeline[3:5] = [
    dict(type='RandomResizedCrop', area_range=(0.6, 1.0), aspect_ratio_range=(1.0, 1.8)),
    dict(type='Resize', scale=(84, 48), keep_ratio=False),
]
val_pipeline = _base_.val_pipeline
val_pipeline[0] = opening
val_pipeline[3:5] = [dict(type='Resize', scale=(84, 48), keep_ratio=False)]
del opening

train_dataloader = dict(
    num_workers=0, persistent_workers=False, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(pipeline=val_pipeline))
