"""J-HMDB-21, split 1: clips of 16 frames that end at the annotated one, 224 x 224 pixels.

`data_root` holds YOWO's layout: `rgb-images/<class>/<video>/00001.png`, `labels/<class>/<video>/
00001.txt`, `trainlist.txt` and `testlist.txt`; `python tools/data/jhmdb/prepare.py` makes the last
three from `JHMDB-GT.pkl`. To read that file itself: `ann_file='JHMDB-GT.pkl'`.

Differs from YOWO's public code: a clip that begins before its video repeats the first frame, where
that code goes on from the video's end; values are normalized as the frozen backbone knows them.
"""

data_root = 'data/jhmdb'

clip_len = 16
crop_size = 224
batch_size = 12
meta_keys = ('img_shape', 'original_shape', 'video', 'frame', 'gt_tubes')

train_pipeline = [
    dict(type='vared_mm.SampleClipToKeyFrame', clip_len=clip_len, frame_interval=(1, 2)),
    dict(type='vared_mm.ReadFrames'),
    dict(type='vared_mm.JitterCrop', jitter=0.2),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='vared_mm.HSVJitter', hue=0.1, saturation=1.5, value=1.5),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]
test_pipeline = [
    dict(type='vared_mm.SampleClipToKeyFrame', clip_len=clip_len, frame_interval=1),
    dict(type='vared_mm.ReadFrames'),
    dict(type='Resize', scale=(crop_size, crop_size), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs', meta_keys=meta_keys),
]
val_pipeline = test_pipeline

dataset = dict(
    type='vared_mm.JHMDBDataset', data_root=data_root, data_prefix=dict(img='rgb-images')
)
train_dataloader = dict(
    batch_size=batch_size,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(ann_file='trainlist.txt', pipeline=train_pipeline, **dataset),
)
val_dataloader = dict(
    batch_size=batch_size,
    num_workers=4,
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
