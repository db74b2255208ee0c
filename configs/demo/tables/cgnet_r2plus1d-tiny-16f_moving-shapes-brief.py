"""Demo profile of table 4.8: small R(2+1)D, 16 frames of moving shapes, channel-gated (CGNet).

Command: python tools/train.py configs/demo/tables/cgnet_r2plus1d-tiny-16f_moving-shapes-brief.py
All of a table: python tools/leaderboard.py suite 4.8 --profile demo
After: static_r2plus1d-tiny-16f_moving-shapes-brief.
Thresholds: so that normal sums complete three in four activations, as the thesis' rows do.
"""

_base_ = [
    '../../_base_/models/r2plus1d_tiny_gated.py',
    '../../_base_/datasets/moving_shapes_16f.py',
    '../../_base_/schedules/brief_finetune.py',
    '../../_base_/demo_runtime.py',
]

model = dict(backbone=dict(target=-0.66))
optim_wrapper = dict(paramwise_cfg=dict(custom_keys={'.threshold': dict(decay_mult=0)}))
custom_hooks = [dict(type='vared_mm.LayerLossHook', weight=1e-4)]
load_from = 'work_dirs/static_r2plus1d-tiny-16f_moving-shapes-brief/epoch_10.pth'
