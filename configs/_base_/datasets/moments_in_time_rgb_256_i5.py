"""Moments-In-Time for X3D: every fifth frame; the rest as in `moments_in_time_rgb_256.py`."""

_base_ = './moments_in_time_rgb_256.py'

frame_interval = 5
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1].frame_interval = frame_interval
val_pipeline[1].frame_interval = frame_interval
test_pipeline[1].frame_interval = frame_interval

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
