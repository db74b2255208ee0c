"""Mini-Kinetics-200, clips of 8 frames; the rest as in `mini_kinetics200_rgb.py`."""

_base_ = './mini_kinetics200_rgb.py'

clip_len = 8
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1].clip_len = clip_len
val_pipeline[1].clip_len = clip_len
test_pipeline[1].clip_len = clip_len

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
