"""The localization demo's training in three quarters of the epochs, for a whole table in minutes."""

_base_ = './demo_localization.py'

epochs = 6

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=epochs - 1, end=epochs)
