"""Training on real images, as on real clips, for half as many epochs again: images are fewer.

REAL_RATE in the environment is another rate, for trials.
"""

_base_ = './real.py'

epochs = 12

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=epochs - 1, end=epochs)
auto_scale_lr = dict(base_batch_size=8)
