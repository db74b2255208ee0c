"""The runtime of real clips for labelled images: types of mmsegmentation, a table of images."""

_base_ = './real_runtime.py'

default_scope = 'mmseg'
custom_hooks = [dict(type='vared_mm.ImageTableHook', keys=('group', 'img_path'))]
visualizer = dict(
    _delete_=True, type='SegLocalVisualizer', vis_backends=_base_.vis_backends, name='visualizer'
)
