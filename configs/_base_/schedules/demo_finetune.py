"""The demo's finetuning with the efficiency loss: gates at the full rate."""

epochs = 12

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=epochs, val_interval=epochs)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=epochs, convert_to_iter_based=True)]
custom_hooks = [dict(type='vared_mm.EfficiencyLossHook', weight=0.8)]
auto_scale_lr = dict(enable=False, base_batch_size=16)
