"""Acting shapes, the localization demo's data set: clips of 8 frames, 64 x 64 pixels.

Make it with `python tools/data/synthetic/make_acting_shapes.py data/acting_shapes`.
No jitter of the colours: they tell nothing here.
"""

data_root = 'data/acting_shapes'

clip_len = 8
frame_interval = 1
crop_size = 64
batch_size = 16
meta_keys = ('img_shape', 'original_shape', 'video', 'frame', 'gt_tubes')

train_pipeline = [
    dict(type='vared_mm.SampleClipToKeyFrame', clip_len=clip_len, frame_interval=frame_interval),
    dict(type='vared_mm.ReadFrames'),
    dict(type='vared_mm.JitterCrop', jitter=0.1),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]
test_pipeline = [
    dict(type='vared_mm.SampleClipToKeyFrame', clip_len=clip_len, frame_interval=frame_interval),
    dict(type='vared_mm.ReadFrames'),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]
val_pipeline = test_pipeline

dataset = dict(
    type='vared_mm.JHMDBDataset',
    data_root=data_root,
    data_prefix=dict(img='rgb-images'),
    classes=[
        f'{shape}_{axis}'
        for shape in ('disc', 'triangle', 'cross')
        for axis in ('sideways', 'up_and_down')
    ],
    frame_size=(60, 80),
)
train_dataloader = dict(
    batch_size=batch_size,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(ann_file='trainlist.txt', pipeline=train_pipeline, **dataset),
)
val_dataloader = dict(
    batch_size=batch_size,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='testlist.txt', pipeline=test_pipeline, test_mode=True, **dataset),
)
test_dataloader = val_dataloader
del dataset

val_evaluator = [dict(type='vared_mm.FrameMAP', per_class=False), dict(type='vared_mm.CostMetric')]
test_evaluator = [
    dict(type='vared_mm.FrameMAP'),
    dict(type='vared_mm.YOWOFrameMAP', per_class=False),
    dict(type='vared_mm.VideoMAP'),
    dict(type='vared_mm.CostMetric'),
]
