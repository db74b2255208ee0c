"""The longer training of the thesis' table B.2: 256 epochs; the rest as in `sgd_120e.py`."""

_base_ = './sgd_120e.py'

train_cfg = dict(max_epochs=256)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=241, end=256)
