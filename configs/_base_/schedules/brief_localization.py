"""The localization demo's training in half the epochs, for a whole table in minutes."""

_base_ = './demo_localization.py'

epochs = 4

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=epochs - 1, end=epochs)
