"""Finetuning of a trained dynamic model with the efficiency loss (thesis 4.3): 40 epochs.

Gates learn at the full rate here. The rate is for 1,152 clips a step, as in training.
"""

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=40, val_begin=1, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4),
)
param_scheduler = [
    dict(type='CosineAnnealingLR', T_max=40, by_epoch=True, convert_to_iter_based=True)
]
custom_hooks = [dict(type='vared_mm.EfficiencyLossHook', weight=0.8)]

auto_scale_lr = dict(enable=False, base_batch_size=1152)
sync_bn = 'torch'
