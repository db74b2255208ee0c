"""Videos of one's own in data/mine, small for two cores: 8 of 32 frames, 64 x 64 pixels.

docs/own_videos.md says how to list them. Training flips: take it out where a
class is told by left and right. Testing: 3 clips, one centre crop each.
"""

data_root = 'data/mine'
num_classes = 2

clip_len = 8
frame_interval = 4
crop_size = 64

train_pipeline = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=clip_len, frame_interval=frame_interval),
    dict(type='vared_mm.PyAVRead'),
    dict(type='Resize', scale=(-1, 72)),
    dict(type='MultiScaleCrop', input_size=crop_size, scales=(1, 0.9), random_crop=True),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs'),
]
val_pipeline = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=clip_len, frame_interval=frame_interval, test_mode=True),
    dict(type='vared_mm.PyAVRead'),
    dict(type='Resize', scale=(-1, crop_size)),
    dict(type='CenterCrop', crop_size=crop_size),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs'),
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
    *val_pipeline[2:],
]

dataset = dict(
    type='vared_mm.VideoDataset',
    data_root=data_root,
    data_prefix=dict(video=''),
    delimiter=',',
    num_classes=num_classes,
)
loader = dict(batch_size=16, num_workers=2, persistent_workers=True)
train_dataloader = dict(
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(ann_file='train.txt', pipeline=train_pipeline, **dataset),
    **loader,
)
val_dataloader = dict(
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='val.txt', pipeline=val_pipeline, test_mode=True, **dataset),
    **loader,
)
test_dataloader = dict(
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='val.txt', pipeline=test_pipeline, test_mode=True, **dataset),
    **loader,
)
del dataset, loader

val_evaluator = [dict(type='vared_mm.RecognitionMetric'), dict(type='vared_mm.CostMetric')]
test_evaluator = val_evaluator
