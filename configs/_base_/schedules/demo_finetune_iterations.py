"""The segmentation demo's finetuning with the efficiency loss: gates at the full rate."""

iterations = 750

train_cfg = dict(type='vared_mm.IterationLoop', max_iters=iterations, val_interval=iterations)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=iterations, by_epoch=False)]
custom_hooks = [dict(type='vared_mm.EfficiencyLossHook', weight=0.3)]
auto_scale_lr = dict(enable=False, base_batch_size=16)
