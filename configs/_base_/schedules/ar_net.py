"""AR-Net's training, as its public code's script has it: 48 videos a step (4 GPUs of 12).

A stage sets its epochs and rate, which stays as it is: the script's steps of the rate come after
its last epoch. Biases learn at twice the rate without decay, linear layers at five times, their
biases at ten times; norms have no decay and are not synchronized. Differs: the script takes the
best epoch of each stage on to the next by its test videos; here it is the last.
"""

train_cfg = dict(type='vared_mm.EpochLoop', max_epochs=50, val_begin=1, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.001, momentum=0.9, weight_decay=1e-4),
    clip_grad=dict(max_norm=20),
    paramwise_cfg=dict(
        bias_lr_mult=2,
        bias_decay_mult=0,
        norm_decay_mult=0,
        custom_keys={
            '.memory.bias': dict(lr_mult=2, decay_mult=0),
            '.fc.weight': dict(lr_mult=5),
            '.fc.bias': dict(lr_mult=10, decay_mult=0),
            '.classifier.weight': dict(lr_mult=5),
            '.classifier.bias': dict(lr_mult=10, decay_mult=0),
        },
    ),
)
param_scheduler = [dict(type='ConstantLR', factor=1)]

auto_scale_lr = dict(enable=False, base_batch_size=48)
