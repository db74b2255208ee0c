"""Moving shapes, clips of 4 frames, every fourth; the rest as in `moving_shapes.py`."""

_base_ = './moving_shapes.py'

sampling = dict(clip_len=4, frame_interval=4)
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1].update(sampling)
val_pipeline[1].update(sampling)
test_pipeline[1].update(sampling)

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
