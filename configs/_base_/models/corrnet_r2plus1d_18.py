"""CorrNet on R(2+1)D-18 of VA-RED2, static: 60.76 GMACs at 16 x 128 x 128."""

_base_ = './r2plus1d_18.py'

model = dict(backbone=dict(type='vared_mm.CorrNet'))
