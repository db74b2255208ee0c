"""I3D at an eighth of its width, for the demo's 8 x 32 x 32."""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.I3DInceptionV2', width=0.125),
    cls_head=dict(in_channels=128),
)
