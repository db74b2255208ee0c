"""The demo's training in a third of the epochs, for whole tables in minutes."""

_base_ = './demo.py'

epochs = 10

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[0].update(end=1)
param_scheduler[1].update(T_max=epochs - 1, begin=1, end=epochs)
