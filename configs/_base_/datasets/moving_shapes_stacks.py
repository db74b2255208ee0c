"""Moving shapes for models of single frames: 8 stacks of two frames spread over the clip.

One frame alone does not show how a shape moves; a frame and the fourth after it do. The stacks are
one view, so testing has one per crop. The rest as in `moving_shapes.py`.
"""

_base_ = './moving_shapes.py'

sampling = dict(type='SampleFrames', clip_len=2, frame_interval=4, num_clips=8)
stacking = dict(type='vared_mm.StackFrames', count=2)
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1] = sampling
val_pipeline[1] = dict(test_mode=True, **sampling)
test_pipeline[1] = dict(test_mode=True, **sampling)
train_pipeline[5].input_format = 'NCHW'
val_pipeline[5].input_format = 'NCHW'
test_pipeline[5].input_format = 'NCHW'
train_pipeline.insert(6, stacking)
val_pipeline.insert(6, stacking)
test_pipeline.insert(6, stacking)
del sampling, stacking

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
