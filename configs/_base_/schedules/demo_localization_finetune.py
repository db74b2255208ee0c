"""The localization demo's finetuning with the efficiency loss: gates at ten times the rate.

YOWO's losses are sums over the batch, so the usual lambda of 0.8 is multiplied by its size. AdamW
moves a gate by about its rate in a step, however large the loss: at the common rate gates hardly
move in so few steps.
"""

_base_ = './demo_localization.py'

epochs = 3

train_cfg = dict(max_epochs=epochs, val_interval=epochs)
optim_wrapper = dict(
    optimizer=dict(lr=5e-4), paramwise_cfg=dict(custom_keys={'.gate.': dict(lr_mult=10)})
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=epochs, convert_to_iter_based=True)]
custom_hooks = [dict(type='vared_mm.EfficiencyLossHook', weight=0.8 * 16)]
