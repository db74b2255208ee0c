"""Kinetics-400 at 256 x 256 pixels, for I3D; the rest as in `kinetics400_rgb.py`."""

_base_ = './kinetics400_rgb.py'

crop_size = 256
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[3].input_size = crop_size
train_pipeline[4].scale = (crop_size, crop_size)
val_pipeline[3].scale = (-1, crop_size)
val_pipeline[4].crop_size = crop_size
test_pipeline[3].scale = (-1, crop_size)
test_pipeline[4].crop_size = crop_size

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
