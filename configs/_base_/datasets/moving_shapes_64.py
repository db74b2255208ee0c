"""Moving shapes enlarged to 64 x 64, for models with a stride of 32; else as `moving_shapes.py`."""

_base_ = './moving_shapes.py'

crop_size = 64
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[4].update(scale=(crop_size, crop_size))
val_pipeline[3].update(scale=(-1, crop_size))
val_pipeline[4].update(crop_size=crop_size)
test_pipeline[3].update(scale=(-1, crop_size))
test_pipeline[4].update(crop_size=crop_size)

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
