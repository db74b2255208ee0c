"""Moving shapes as stacks of two frames, whole pictures of 56 x 32 pixels, for networks that go on to
real clips.
"""

_base_ = './moving_shapes_stacks.py'

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

train_dataloader = dict(
    num_workers=0, persistent_workers=False, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(pipeline=val_pipeline))
