"""I3D-InceptionV2, 16 frames, Mini-Kinetics-200, blocks dynamic along time and channels, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/blockwise/i3d/vared-block-t2c2_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: no such method; see vared-t2c2 for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_block.py',
    '../../_base_/datasets/mini_kinetics200_rgb_256.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=1e-4))
