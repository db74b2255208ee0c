"""Training from scratch on Moments-In-Time (thesis 4.3, A.2): 60 epochs, 8 of warm-up."""

_base_ = './sgd_120e.py'

train_cfg = dict(max_epochs=60)
param_scheduler = _base_.param_scheduler
param_scheduler[0].end = 8
param_scheduler[1].update(T_max=52, begin=8, end=60)
