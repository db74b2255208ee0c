"""R(2+1)D-18, 32 frames, Mini-Kinetics-200: weights pruned in three rounds of 40 epochs.

Command: bash tools/dist_train.sh \
    configs/comparisons/weight_pruning/pruning_r2plus1d-18_96xb12-32x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
After: static_r2plus1d-18_96xb12-32x2x1-120e_mini-kinetics200-rgb.
Thesis: 79.6 GFLOPs, clip-1 59.6 (table 4.8).
Ours: not yet run.
Epochs: 120 of the static model and 3 x 40, 240 in all, where a dynamic model has 160 (120 and 40).
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_prunable.py',
    '../../_base_/datasets/mini_kinetics200_rgb_32f.py',
    '../../_base_/schedules/pruning_3x40e.py',
    '../../_base_/default_runtime.py',
]

custom_hooks = [
    dict(
        type='vared_mm.WeightPruningHook',
        target=79.6e9,
        input_shape=(1, 1, 3, 32, 128, 128),
        epochs=(0, 40, 80),
    )
]
load_from = 'work_dirs/static_r2plus1d-18_96xb12-32x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
