"""TSN ResNet-50, 16 frames, Mini-Kinetics-200, blocks dynamic along time and channels, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/blockwise/tsn/vared-block-t2c2_tsn-r50_96xb12-1x1x16-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: no such method; see vared-t2c2 for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/tsn_r50_block.py',
    '../../_base_/datasets/mini_kinetics200_rgb_tsn.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

default_hooks = dict(cost_record=dict(clip_frames=16))
