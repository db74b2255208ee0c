"""The segmentation demo's training from static weights: as that from scratch, but half as long."""

_base_ = './demo_iterations.py'

iterations = 750

train_cfg = dict(max_iters=iterations, val_interval=iterations)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=iterations - 100, end=iterations)
