"""R(2+1)D-18, 16 frames, Mini-Kinetics-200: 1x3x3 convolutions of the blocks channel-gated (CGNet).

Command: bash tools/dist_train.sh \
    configs/comparisons/cgnet/cgnet_r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: 47.6 GFLOPs, clip-1 57.8 (table 4.8).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_gated.py',
    '../../_base_/datasets/mini_kinetics200_rgb.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

optim_wrapper = dict(
    paramwise_cfg=dict(_delete_=True, custom_keys={'.threshold': dict(decay_mult=0)})
)
custom_hooks = [dict(type='vared_mm.LayerLossHook', weight=1e-4)]
