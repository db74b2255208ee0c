"""Shape scenes, generated: crops of 64 x 64 in training, whole images of 64 to 88 pixels a side.

Made by `tools/data/synthetic/make_shape_scenes.py`. Tuned on validation, reported on testing.
"""

data_root = 'data/shape_scenes'

crop_size = (64, 64)
num_classes = 6

train_pipeline = [
    dict(type='vared_mm.LoadRGBImage'),
    dict(type='vared_mm.LoadLabels', num_classes=num_classes),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs'),
]
test_pipeline = [
    dict(type='vared_mm.LoadRGBImage'),
    dict(type='vared_mm.LoadLabels', num_classes=num_classes),
    dict(type='PackSegInputs'),
]

dataset = dict(type='vared_mm.SceneDataset', data_root=data_root)
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
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
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        data_prefix=dict(img_path='images/validation', seg_map_path='annotations/validation'),
        pipeline=test_pipeline,
        test_mode=True,
        **dataset,
    ),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        data_prefix=dict(img_path='images/testing', seg_map_path='annotations/testing'),
        pipeline=test_pipeline,
        test_mode=True,
        **dataset,
    ),
)
del dataset

val_evaluator = [
    dict(type='IoUMetric', iou_metrics=['mIoU']),
    dict(type='vared_mm.CostMetric'),
    dict(type='vared_mm.CostMetric', source='cost_of_crop', prefix='cost-64'),
]
test_evaluator = val_evaluator
