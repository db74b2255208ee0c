"""Moving shapes, the demo's data set: 8 of 20 frames, 32 x 32 pixels out of 56 x 40.

Make it with `python tools/data/synthetic/make_moving_shapes.py data/moving_shapes`.
No flip in training: it would turn "left" into "right".
Testing: 3 clips x left, centre and right crop.
"""

data_root = 'data/moving_shapes'

clip_len = 8
frame_interval = 2
crop_size = 32
batch_size = 16
meta_keys = ('img_shape', 'num_clips', 'filename', 'motion')

train_pipeline = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=clip_len, frame_interval=frame_interval),
    dict(type='vared_mm.PyAVRead'),
    dict(type='MultiScaleCrop', input_size=crop_size, scales=(1, 0.9), random_crop=True),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]
val_pipeline = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=clip_len, frame_interval=frame_interval, test_mode=True),
    dict(type='vared_mm.PyAVRead'),
    dict(type='Resize', scale=(-1, crop_size)),
    dict(type='CenterCrop', crop_size=crop_size),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]
test_pipeline = [
    dict(type='vared_mm.PyAVOpen'),
    dict(
        type='SampleFrames',
        clip_len=clip_len,
        frame_interval=frame_interval,
        num_clips=3,
        test_mode=True,
    ),
    dict(type='vared_mm.PyAVRead'),
    dict(type='Resize', scale=(-1, crop_size)),
    dict(type='ThreeCrop', crop_size=crop_size),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]

dataset = dict(
    type='vared_mm.VideoDataset',
    data_root=data_root,
    data_prefix=dict(video=''),
    delimiter=',',
    columns=('motion',),
    classes_file='classes.txt',
)
train_dataloader = dict(
    batch_size=batch_size,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(ann_file='train.txt', pipeline=train_pipeline, **dataset),
)
val_dataloader = dict(
    batch_size=batch_size,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='val.txt', pipeline=val_pipeline, test_mode=True, **dataset),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='test.txt', pipeline=test_pipeline, test_mode=True, **dataset),
)
del dataset

val_evaluator = [dict(type='vared_mm.RecognitionMetric'), dict(type='vared_mm.CostMetric')]
test_evaluator = val_evaluator
