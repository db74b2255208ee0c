"""Training of PSPNet (thesis 4.3): 100k iterations of 8 images (4 GPUs of 2), cosine, SyncBN.

Gates learn at a tenth of the rate.
"""

iterations = 100_000

train_cfg = dict(type='vared_mm.IterationLoop', max_iters=iterations, val_interval=10_000)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=0.1)}),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=iterations, by_epoch=False)]

auto_scale_lr = dict(enable=False, base_batch_size=8)
sync_bn = 'torch'
