"""The segmentation runtime, for short runs: the last checkpoint is the one that counts."""

_base_ = './segmentation_runtime.py'

default_hooks = dict(
    checkpoint=dict(interval=250, save_best=None, max_keep_ckpts=2),
    cost_record=dict(crop_size=(64, 64)),
)
