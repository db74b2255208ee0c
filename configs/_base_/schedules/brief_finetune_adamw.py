"""Brief finetuning with the efficiency loss by AdamW; gates at ten times the rate.

AdamW moves a gate by about its rate in a step: at the common one gates hardly move in so few.
"""

_base_ = './brief_finetune.py'

epochs = 4

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=5e-4, weight_decay=1e-3),
    paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=10)}),
)
param_scheduler = _base_.param_scheduler
param_scheduler[0].update(T_max=epochs)
