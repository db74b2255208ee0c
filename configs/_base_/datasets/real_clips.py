"""Clips of 8 frames, the whole picture squeezed to 56 x 32 pixels; one view a clip in testing.

REAL_SET names a file of configs/_base_/datasets/real and REAL_FOLD a fold, both in the environment.
"""

_base_ = './real/{{$REAL_SET:mix}}.py'

fold = '{{$REAL_FOLD:0}}'
size = (56, 32)  # width, height
opening = dict(type='vared_mm.CachedOpen', folder='data/frames', short_side=64)
sampling = dict(type='SampleFrames', clip_len=8, frame_interval=_base_.frame_interval)
packing = dict(
    type='PackActionInputs',
    meta_keys=('img_shape', 'num_clips', 'filename', 'group', 'subset'),
)

train_pipeline = [
    opening,
    sampling,
    dict(type='vared_mm.PyAVRead'),
    dict(type='RandomResizedCrop', area_range=(0.6, 1.0), aspect_ratio_range=(1.4, 2.4)),
    dict(type='Resize', scale=size, keep_ratio=False),
    dict(type='Flip', flip_ratio=_base_.flip_ratio),
    dict(type='FormatShape', input_format='NCTHW'),
    packing,
]
test_pipeline = [
    opening,
    dict(**sampling, test_mode=True),
    dict(type='vared_mm.PyAVRead'),
    dict(type='Resize', scale=size, keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    packing,
]

dataset = dict(
    type='vared_mm.VideoDataset',
    data_root=_base_.data_root,
    data_prefix=dict(video=''),
    delimiter=',',
    columns=('group', 'subset'),
    classes_file='classes.txt',
)
train_dataloader = dict(
    batch_size=16,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(ann_file=f'fold{fold}-train.txt', pipeline=train_pipeline, **dataset),
)
val_dataloader = dict(
    batch_size=16,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file=f'fold{fold}-val.txt', pipeline=test_pipeline, test_mode=True, **dataset),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        ann_file=f'fold{fold}-test.txt', pipeline=test_pipeline, test_mode=True, **dataset
    ),
)
del dataset, opening, sampling, packing

val_evaluator = [
    dict(type='vared_mm.RecognitionMetric', topk=(1,)),
    dict(type='vared_mm.SubsetAccuracy', group_by='subset'),
    dict(type='vared_mm.CostMetric', group_by='subset'),
]
test_evaluator = val_evaluator
