"""The second stage of every method on real images: half as many epochs, at a third of the rate.

REAL_RATE in the environment is another rate of the first stage, REAL_GATE_RATE another of the gates over that
of the other weights, for trials.
"""

_base_ = './real_finetune.py'

epochs = 6

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[0].update(T_max=epochs)
auto_scale_lr = dict(base_batch_size=8)
