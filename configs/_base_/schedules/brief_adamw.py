"""The demo's brief training by AdamW: I3D and X3D stay at chance with SGD in so few steps."""

_base_ = './brief.py'

epochs = 8

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=2e-3, weight_decay=1e-3),
)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=epochs - 1, end=epochs)
