"""Labelled images squeezed to 128 x 96 pixels; predictions are scored at the labels' own size.

REAL_SET in the environment names a file of configs/_base_/datasets/real_images. Their own split is used:
there are no folds.
"""

_base_ = './real_images/{{$REAL_SET:camvid11}}.py'

size = (128, 96)  # width, height
opening = [
    dict(type='vared_mm.LoadRGBImage'),
    dict(type='vared_mm.NameSequence', pattern=_base_.sequence),
]
labels = dict(type='vared_mm.LoadLabels', num_classes=_base_.num_classes)
packing = dict(type='PackSegInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'group'))

train_pipeline = [
    *opening,
    labels,
    dict(type='RandomResize', scale=size, ratio_range=(1.0, 1.6), keep_ratio=False),
    dict(type='RandomCrop', crop_size=size[::-1], cat_max_ratio=0.9),
    dict(type='RandomFlip', prob=_base_.flip_ratio),
    packing,
]
test_pipeline = [
    *opening,
    dict(type='Resize', scale=size, keep_ratio=False),
    labels,
    packing,
]

train_dataloader = dict(
    batch_size=8,
    sampler=dict(type='DefaultSampler'),
    dataset=dict(pipeline=train_pipeline),
)
val_dataloader = dict(batch_size=8, dataset=dict(pipeline=test_pipeline))
test_dataloader = dict(batch_size=8, dataset=dict(pipeline=test_pipeline))
del opening, labels, packing
