"""I3D-InceptionV2 of VA-RED2, static: 12.49 M parameters, 56.02 GMACs at 16 x 256 x 256.

The thesis classifies each remaining time step and averages the scores: the same as classifying
the average, which costs less.
"""

_base_ = './r2plus1d_18.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.I3DInceptionV2'),
    cls_head=dict(in_channels=1024),
)
