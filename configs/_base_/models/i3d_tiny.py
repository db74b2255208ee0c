"""I3D at an eighth of its width, for the demo's clips at 8 x 64 x 64.

Its stride is 32: of 32 pixels one is left, too little for the norms' statistics.
"""

_base_ = './r2plus1d_tiny.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.I3DInceptionV2', width=0.125),
    cls_head=dict(in_channels=128),
)
