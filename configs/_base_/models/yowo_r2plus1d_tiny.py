"""YOWO on the demo's small R(2+1)D: grid of 8 x 8 cells for 64 x 64 pixels.

There is no trained backbone to freeze here, so it trains along. Anchors: of acting shapes, by
tools/analysis_tools/fit_anchors.py --count 3 --grid 8.
"""

_base_ = './r2plus1d_tiny.py'

model = dict(
    _delete_=True,
    type='vared_mm.YOWO',
    backbone=dict(_base_.model.backbone, spatial_strides=(2, 2, 1)),
    neck=dict(type='vared_mm.CFAM', in_channels=80, channels=64),
    head=dict(
        type='vared_mm.YOWOHead',
        in_channels=64,
        num_classes=6,
        anchors=[(1.83546, 2.40559), (2.48961, 3.22974), (3.14879, 4.01966)],
    ),
    freeze_backbone=False,
    data_preprocessor=_base_.model.data_preprocessor,
)
