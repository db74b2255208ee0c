"""R(2+1)D-18, static, 32 frames.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/static_r2plus1d-18_96xb12-32x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: 110.5 GFLOPs, clip-1 60.5, video-1 69.4 (table 4.1).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18.py',
    '../../_base_/datasets/mini_kinetics200_rgb_32f.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]
