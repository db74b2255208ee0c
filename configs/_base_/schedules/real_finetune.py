"""The second stage of every method: four epochs more at a third of the rate.

REAL_RATE in the environment is another rate of the first stage, REAL_GATE_RATE another of the gates over that
of the other weights, for trials.
"""

epochs = 4

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=epochs, val_interval=epochs)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='SGD',
        lr=float('{{$REAL_RATE:0.1}}') / 3,
        momentum=0.9,
        nesterov=True,
        weight_decay=5e-4,
    ),
    paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=float('{{$REAL_GATE_RATE:10}}'))}),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=epochs, convert_to_iter_based=True)]
auto_scale_lr = dict(enable=False, base_batch_size=16)
