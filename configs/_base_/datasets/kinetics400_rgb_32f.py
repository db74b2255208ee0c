"""Kinetics-400, clips of 32 frames; the rest as in `kinetics400_rgb.py`."""

_base_ = './kinetics400_rgb.py'

clip_len = 32
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1].clip_len = clip_len
val_pipeline[1].clip_len = clip_len
test_pipeline[1].clip_len = clip_len

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
