"""Finetuning of a trained PSPNet with the efficiency loss. Gates learn at the full rate.

The thesis gives neither length nor rate for it. As for R(2+1)D: a third of training's iterations
(there 40 of 120 epochs), an eighteenth of its rate (there 0.01 of 0.18).
"""

iterations = 33_000

train_cfg = dict(type='vared_mm.IterationLoop', max_iters=iterations, val_interval=3_300)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.02 / 18, momentum=0.9, weight_decay=1e-4),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=iterations, by_epoch=False)]
custom_hooks = [dict(type='vared_mm.EfficiencyLossHook', weight=0.8)]

auto_scale_lr = dict(enable=False, base_batch_size=8)
sync_bn = 'torch'
