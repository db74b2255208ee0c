"""The demo's pruning: three rounds of four epochs, to the MACs of the finetuned dynamic model."""

epochs = 12

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=epochs, val_interval=epochs)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4),
)
param_scheduler = [
    dict(
        type='CosineRestartLR',
        periods=[4, 4, 4],
        restart_weights=[1, 1, 1],
        eta_min=0,
        convert_to_iter_based=True,
    )
]
custom_hooks = [
    dict(
        type='vared_mm.WeightPruningHook',
        target=14.3e6,
        input_shape=(1, 1, 3, 8, 32, 32),
        epochs=(0, 4, 8),
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=16)
