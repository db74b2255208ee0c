"""Training from scratch on Kinetics (thesis 4.3, A.2): 120 epochs, gates at a tenth of the rate.

The learning rate is for 1,152 clips a step (96 GPUs of 12); ``--auto-scale-lr`` scales it.
"""

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=120, val_begin=1, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.18, momentum=0.9, nesterov=True, weight_decay=5e-4),
    paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=0.1)}),
)
param_scheduler = [
    dict(
        type='LinearLR',
        start_factor=0.01,
        begin=0,
        end=15,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
    dict(
        type='CosineAnnealingLR',
        T_max=105,
        begin=15,
        end=120,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]

auto_scale_lr = dict(enable=False, base_batch_size=1152)
sync_bn = 'torch'
