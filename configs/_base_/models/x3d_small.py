"""A small X3D: a block in each of its four stages, two thirds as wide, 12 MMACs at 8 x 32 x 56.

Its bottlenecks widen by 1.5, not 2.25: training depthwise kernels takes most of a CPU's time.
"""

_base_ = './r2plus1d_small.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.X3D',
        gamma_w=0.67,
        gamma_b=1.5,
        gamma_d=0.2,
        spatial_strides=(2, 2, 2, 1),
    ),
    cls_head=dict(type='X3DHead', in_channels=192, fc1_bias=False),
)
