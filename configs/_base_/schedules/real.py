"""Training from weights that have seen generated shapes; gates at a tenth of the rate.

REAL_RATE in the environment is another rate, for trials.
"""

epochs = 8

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=epochs, val_interval=epochs)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='SGD',
        lr=float('{{$REAL_RATE:0.1}}'),
        momentum=0.9,
        nesterov=True,
        weight_decay=5e-4,
    ),
    paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=0.1)}),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=1, convert_to_iter_based=True),
    dict(
        type='CosineAnnealingLR',
        T_max=epochs - 1,
        begin=1,
        end=epochs,
        convert_to_iter_based=True,
    ),
]
auto_scale_lr = dict(enable=False, base_batch_size=16)
