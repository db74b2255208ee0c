"""ADE20K, 150 classes: crops of 512 x 512 in training, whole images, shorter side 512, in testing.

`data_root` is the folder as it is distributed (`ADEChallengeData2016`); see tools/data/ade20k.
A few of its images are greyscale; they are read as colour.
"""

data_root = 'data/ade/ADEChallengeData2016'

crop_size = (512, 512)
scale = (2048, 512)
num_classes = 150

train_pipeline = [
    dict(type='vared_mm.LoadRGBImage', greyscale=True),
    dict(type='vared_mm.LoadLabels', num_classes=num_classes),
    dict(type='RandomResize', scale=scale, ratio_range=(0.5, 2.0), keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size, cat_max_ratio=0.75),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PhotoMetricDistortion'),
    dict(type='PackSegInputs'),
]
test_pipeline = [
    dict(type='vared_mm.LoadRGBImage', greyscale=True),
    dict(type='Resize', scale=scale, keep_ratio=True),
    dict(type='vared_mm.LoadLabels', num_classes=num_classes),
    dict(type='PackSegInputs'),
]

dataset = dict(type='vared_mm.ADE20KDataset', data_root=data_root)
train_dataloader = dict(
    batch_size=2,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        data_prefix=dict(img_path='images/training', seg_map_path='annotations/training'),
        pipeline=train_pipeline,
        **dataset,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        data_prefix=dict(img_path='images/validation', seg_map_path='annotations/validation'),
        pipeline=test_pipeline,
        test_mode=True,
        **dataset,
    ),
)
test_dataloader = val_dataloader
del dataset

val_evaluator = [
    dict(type='IoUMetric', iou_metrics=['mIoU']),
    dict(type='vared_mm.CostMetric'),
    dict(type='vared_mm.CostMetric', source='cost_of_crop', prefix='cost-512'),
]
test_evaluator = val_evaluator
