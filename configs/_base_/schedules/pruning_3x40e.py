"""Three rounds of pruning, each with 40 epochs of retraining; a recipe sets the hook's target.

The rate is the finetuning's, for 1,152 clips a step; each round begins at the full rate. Neither
Han et al. (arXiv 1506.02626) nor the thesis says how many epochs or rounds. With the 120 epochs of
the static model that these start from it is 240 in all, 80 more than a dynamic model has.
"""

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=120, val_begin=1, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4),
)
param_scheduler = [
    dict(
        type='CosineRestartLR',
        periods=[40, 40, 40],
        restart_weights=[1, 1, 1],
        eta_min=0,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]

auto_scale_lr = dict(enable=False, base_batch_size=1152)
sync_bn = 'torch'
