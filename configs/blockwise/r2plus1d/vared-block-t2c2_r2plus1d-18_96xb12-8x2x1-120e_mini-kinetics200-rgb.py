"""R(2+1)D-18, 8 frames, Mini-Kinetics-200, blocks dynamic along time and channels, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/blockwise/r2plus1d/vared-block-t2c2_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: no such method; see vared-t2c2 for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_block.py',
    '../../_base_/datasets/mini_kinetics200_rgb_8f.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(input_shape=(3, 8, 128, 128)))
