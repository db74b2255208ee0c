"""The common runtime for segmentation: counted in iterations, types of mmsegmentation."""

_base_ = './default_runtime.py'

default_scope = 'mmseg'
default_hooks = dict(
    logger=dict(interval=50, log_metric_by_epoch=False),
    checkpoint=dict(
        by_epoch=False, interval=10000, save_best='mIoU', rule='greater', max_keep_ckpts=3
    ),
    cost_record=dict(type='vared_mm.CropCostRecordHook', crop_size=(512, 512)),
)
log_processor = dict(by_epoch=False, window_size=50)
visualizer = dict(type='SegLocalVisualizer', alpha=0.5, name='visualizer')
