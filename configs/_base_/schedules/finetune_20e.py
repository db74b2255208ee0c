"""Finetuning with the efficiency loss on Moments-In-Time (thesis 4.3): 20 epochs."""

_base_ = './finetune_40e.py'

train_cfg = dict(max_epochs=20)
param_scheduler = _base_.param_scheduler
param_scheduler[0].T_max = 20
