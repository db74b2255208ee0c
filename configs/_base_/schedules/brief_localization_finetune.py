"""From static weights to a dynamic detector in one stage, with the efficiency loss; in minutes.

The thesis trains the dynamic detector's backbone from scratch first.
"""

_base_ = './demo_localization_finetune.py'

epochs = 2

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[0].update(T_max=epochs)
