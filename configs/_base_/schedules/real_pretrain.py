"""Training on generated shapes, for the weights that networks on real clips start from."""

_base_ = './real.py'

epochs = 12

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
optim_wrapper = dict(optimizer=dict(lr=0.03))
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=epochs - 1, end=epochs)
