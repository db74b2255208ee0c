"""X3D-M with one block in each of its four stages, for the demo's 8 x 32 x 32."""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.X3D', gamma_w=1, gamma_b=2.25, gamma_d=0.2),
    cls_head=dict(type='X3DHead', in_channels=432, fc1_bias=False),
)
