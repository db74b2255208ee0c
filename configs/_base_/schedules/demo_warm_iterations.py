"""The segmentation demo's training from static weights: as that from scratch, but half as long."""

_base_ = './demo_iterations.py'

iterations = 750
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
