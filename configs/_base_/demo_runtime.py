"""The common runtime, for short runs: the last checkpoint is the one that counts."""

_base_ = './default_runtime.py'

default_hooks = dict(
    logger=dict(interval=25),
    checkpoint=dict(interval=6, save_best=None, max_keep_ckpts=2),
)
