"""CamVid as SegNet's authors prepared it: crops of 120 x 160 in training, whole images of 240 x 320.

Made by `tools/data/camvid11/prepare.py`. The split is the authors' own.
"""

data_root = 'data/camvid11'

crop_size = (120, 160)
num_classes = 11

train_pipeline = [
    dict(type='vared_mm.LoadRGBImage'),
    dict(type='vared_mm.LoadLabels', num_classes=num_classes),
    dict(type='RandomResize', scale=(320, 240), ratio_range=(0.5, 1.0), keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size, cat_max_ratio=0.9),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs'),
]
test_pipeline = [
    dict(type='vared_mm.LoadRGBImage'),
    dict(type='vared_mm.LoadLabels', num_classes=num_classes),
    dict(type='PackSegInputs'),
]

dataset = dict(
    type='vared_mm.SceneDataset',
    data_root=data_root,
    reduce_zero_label=False,
)
train_dataloader = dict(
    batch_size=8,
    num_workers=0,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        data_prefix=dict(img_path='images/train', seg_map_path='labels/train'),
        pipeline=train_pipeline,
        **dataset,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        data_prefix=dict(img_path='images/val', seg_map_path='labels/val'),
        pipeline=test_pipeline,
        test_mode=True,
        **dataset,
    ),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        data_prefix=dict(img_path='images/test', seg_map_path='labels/test'),
        pipeline=test_pipeline,
        test_mode=True,
        **dataset,
    ),
)
del dataset

val_evaluator = [dict(type='IoUMetric', iou_metrics=['mIoU']), dict(type='vared_mm.CostMetric')]
test_evaluator = val_evaluator
