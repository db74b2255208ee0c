"""Demo: small PSPNet on shape scenes, static, trained on for as long as the dynamic model is in its
two stages: a control that tells what longer training gives.

Command: python tools/train.py configs/demo/static-longer_pspnet-tiny_shape-scenes.py
All stages: make demo-segmentation. Measured results: results/demo_segmentation/ and README.md.
After: static_pspnet-tiny_shape-scenes.
"""

_base_ = [
    '../_base_/models/pspnet_tiny.py',
    '../_base_/datasets/shape_scenes.py',
    '../_base_/schedules/demo_warm_iterations.py',
    '../_base_/segmentation_demo_runtime.py',
]

iterations = 1500  # 750 before the efficiency loss, 750 with it
train_cfg = dict(max_iters=iterations, val_interval=iterations)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=100, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=iterations - 100,
        begin=100,
        end=iterations,
        by_epoch=False,
    ),
]

load_from = 'work_dirs/static_pspnet-tiny_shape-scenes/iter_1500.pth'
