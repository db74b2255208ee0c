"""Real clips for models of single frames: 8 stacks of two frames, three apart, over the whole clip.

The rest as in `real_clips.py`.
"""

_base_ = './real_clips.py'

sampling = dict(type='SampleFrames', clip_len=2, frame_interval=3, num_clips=8)
train_pipeline = _base_.train_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1] = sampling
test_pipeline[1] = dict(test_mode=True, **sampling)
for pipeline in (train_pipeline, test_pipeline):
    pipeline[-2].input_format = 'NCHW'
    pipeline.insert(len(pipeline) - 1, dict(type='vared_mm.StackFrames', count=2))
del sampling, pipeline

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
