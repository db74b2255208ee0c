"""YOWO on the demo's small I3D: grid of 4 x 4 cells for 128 x 128 pixels.

Anchors: of acting shapes, by tools/analysis_tools/fit_anchors.py --count 3 --grid 4.
"""

_base_ = './yowo_r2plus1d_tiny.py'

model = dict(
    backbone=dict(_delete_=True, type='vared_mm.I3DInceptionV2', width=0.125),
    neck=dict(in_channels=128),
    head=dict(anchors=[(0.91773, 1.20280), (1.24481, 1.61487), (1.57440, 2.00984)]),
)
