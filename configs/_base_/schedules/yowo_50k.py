"""YOWO's training (thesis 4.3): 50,000 steps of 12 clips, the rate halved every 10,000 up to 40,000.

Rate, momentum, batch and weight decay are those of YOWO's public code of August 2020. Its losses
are sums over the batch, so it divides its rate of 1e-4, the thesis' too, by the batch, and
multiplies its decay of 5e-4 by it. It may take 100,000 steps but stops after 25 epochs, which are
about 47,000.
"""

train_cfg = dict(type='vared_mm.IterationLoop', max_iters=50000, val_interval=5000)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=1e-4 / 12, momentum=0.9, weight_decay=5e-4 * 12),
)
param_scheduler = [
    dict(type='MultiStepLR', milestones=[10000, 20000, 30000, 40000], gamma=0.5, by_epoch=False)
]
auto_scale_lr = dict(enable=False, base_batch_size=12)
