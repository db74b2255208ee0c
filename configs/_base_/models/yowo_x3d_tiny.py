"""YOWO on the demo's small X3D: grid of 4 x 4 cells for 64 x 64 pixels.

Its last stage keeps the size: whole strides would leave 2 x 2 cells.
"""

_base_ = './yowo_i3d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.X3D',
        gamma_w=1,
        gamma_b=2.25,
        gamma_d=0.2,
        spatial_strides=(2, 2, 2, 1),
    ),
    neck=dict(in_channels=432),
)
