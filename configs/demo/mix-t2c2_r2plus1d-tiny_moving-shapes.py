"""Demo: small R(2+1)D on moving shapes, the same mix with constant weights and no
gate: a control that tells what the mix gives from what the gates give.

Command: python tools/train.py configs/demo/mix-t2c2_r2plus1d-tiny_moving-shapes.py
All stages: make demo. Measured results: results/demo/ and docs/results.md.
"""

_base_ = './vared-t2c2_r2plus1d-tiny_moving-shapes.py'

model = dict(backbone=dict(gate='constant'))
