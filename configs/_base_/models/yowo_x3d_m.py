"""YOWO on a frozen X3D-M, static: 5.75 GMACs at 16 x 224 x 224 without batch norms."""

_base_ = './yowo_i3d_inceptionv2.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.X3D', gamma_w=1, gamma_b=2.25, gamma_d=2.2),
    neck=dict(in_channels=432),
)
