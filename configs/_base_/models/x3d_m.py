"""X3D-M of VA-RED2, static, Swish in blocks with SE only: 6.42 GMACs at 16 x 256 x 256."""

_base_ = './r2plus1d_18.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.X3D', gamma_w=1, gamma_b=2.25, gamma_d=2.2),
    cls_head=dict(type='X3DHead', in_channels=432, fc1_bias=False),
)
