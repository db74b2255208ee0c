"""The demo's pruning in half the epochs: three rounds of two; a recipe sets the hook's target."""

_base_ = './demo_prune.py'

epochs = 6

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[0].update(periods=[2, 2, 2])
