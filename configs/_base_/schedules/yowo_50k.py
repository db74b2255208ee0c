"""YOWO's training (thesis 4.3): 50,000 steps of 12 clips, the rate halved every 10,000 up to 40,000.

Momentum, batch and weight decay are those of YOWO's public code; neither says when training ends.
"""

train_cfg = dict(type='vared_mm.IterationLoop', max_iters=50000, val_interval=5000)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=1e-4, momentum=0.9, weight_decay=5e-4),
)
param_scheduler = [
    dict(type='MultiStepLR', milestones=[10000, 20000, 30000, 40000], gamma=0.5, by_epoch=False)
]
auto_scale_lr = dict(enable=False, base_batch_size=12)
