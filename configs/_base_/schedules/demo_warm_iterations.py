"""The segmentation demo's training from static weights: gates at a tenth of the rate."""

iterations = 750

train_cfg = dict(type='IterBasedTrainLoop', max_iters=iterations, val_interval=iterations)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4),
    paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=0.1)}),
)
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
auto_scale_lr = dict(enable=False, base_batch_size=16)
