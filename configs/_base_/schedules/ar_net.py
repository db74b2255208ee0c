"""AR-Net's training; a stage sets its epochs and rate. 48 videos a step (4 GPUs of 12)."""

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=50, val_begin=1, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.001, momentum=0.9, weight_decay=1e-4),
    clip_grad=dict(max_norm=20),
)
param_scheduler = [dict(type='MultiStepLR', milestones=[20, 40], gamma=0.1)]

auto_scale_lr = dict(enable=False, base_batch_size=48)
sync_bn = 'torch'
