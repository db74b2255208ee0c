"""The second stage of every method: six epochs more at a third of the rate, gates at the full one."""

epochs = 6

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=epochs, val_interval=epochs)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=epochs, convert_to_iter_based=True)]
auto_scale_lr = dict(enable=False, base_batch_size=16)
