"""CorrNet on R(2+1)D-18, 16 frames, Mini-Kinetics-200, static.

Command: bash tools/dist_train.sh \
    configs/recognition/corrnet/static_corrnet-r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: 60.8 GFLOPs, clip-1 59.9, video-1 68.2 (table 4.4).
Ours: not yet run.
The thesis gives no learning rate for this model: R(2+1)D's.
"""

_base_ = [
    '../../_base_/models/corrnet_r2plus1d_18.py',
    '../../_base_/datasets/mini_kinetics200_rgb.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]
