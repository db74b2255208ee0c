"""Mini-Kinetics-200 as the thesis uses it (4.3, A.2): 16 frames, 128 x 128 pixels.

`data_root` holds `train.txt` and `val.txt`, lines `path,label` (class folders hold spaces, so
the delimiter is a comma), and the videos below it. Sibling files have other clip lengths.
Training: TSN's augmentation (corner cropping, scale jitter, flip); of clips at a random time.
Testing: 10 clips evenly over the video x left, centre and right crop along the longer side.
The thesis does not say which frames make a clip: here every second one.
"""

data_root = 'data/mini_kinetics200'

clip_len = 16
frame_interval = 2
crop_size = 128
batch_size = 12
meta_keys = ('img_shape', 'num_clips', 'filename')

train_pipeline = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=clip_len, frame_interval=frame_interval),
    dict(type='vared_mm.PyAVRead'),
    dict(type='MultiScaleCrop', input_size=crop_size, scales=(1, 0.875, 0.75, 0.66)),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
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
        num_clips=10,
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
    num_classes=200,
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
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='val.txt', pipeline=test_pipeline, test_mode=True, **dataset),
)
del dataset

val_evaluator = [dict(type='vared_mm.RecognitionMetric'), dict(type='vared_mm.CostMetric')]
test_evaluator = val_evaluator
