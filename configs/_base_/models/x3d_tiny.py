"""X3D-M with one block in each of its four stages, for the demo's 8 x 32 x 32.

The last two stages keep the size: whole strides would leave one pixel, and chance.
"""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.X3D',
        gamma_w=1,
        gamma_b=2.25,
        gamma_d=0.2,
        spatial_strides=(2, 2, 1, 1),
    ),
    cls_head=dict(type='X3DHead', in_channels=432, fc1_bias=False),
)
