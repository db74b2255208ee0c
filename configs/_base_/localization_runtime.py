"""The common runtime, for training counted in steps; frame-mAP chooses the best checkpoint."""

_base_ = './default_runtime.py'

default_hooks = dict(
    logger=dict(interval=50),
    checkpoint=dict(by_epoch=False, interval=5000, save_best='localization/frame_map'),
)
log_processor = dict(by_epoch=False)
