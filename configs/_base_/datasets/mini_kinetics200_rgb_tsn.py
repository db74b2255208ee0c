"""Mini-Kinetics-200 for TSN: 16 single frames spread over the video, 224 x 224 pixels.

These frames are one clip, so testing has one per crop; the rest as in `mini_kinetics200_rgb.py`.
"""

_base_ = './mini_kinetics200_rgb.py'

crop_size = 224
sampling = dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=16)
train_pipeline = _base_.train_pipeline
val_pipeline = _base_.val_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[1] = sampling
val_pipeline[1] = dict(test_mode=True, **sampling)
test_pipeline[1] = dict(test_mode=True, **sampling)
train_pipeline[3].input_size = crop_size
train_pipeline[4].scale = (crop_size, crop_size)
val_pipeline[3].scale = (-1, crop_size)
val_pipeline[4].crop_size = crop_size
test_pipeline[3].scale = (-1, crop_size)
test_pipeline[4].crop_size = crop_size
train_pipeline[6].input_format = 'NCHW'
val_pipeline[5].input_format = 'NCHW'
test_pipeline[5].input_format = 'NCHW'
del sampling

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
