"""The common runtime, for runs of minutes; leaves what was said about every tested clip."""

_base_ = './default_runtime.py'

default_hooks = dict(
    logger=dict(interval=50),
    checkpoint=dict(interval=4, save_best=None, save_optimizer=True, max_keep_ckpts=1),
)
custom_hooks = [dict(type='vared_mm.ClipTableHook', keys=('group', 'subset', 'filename'))]
