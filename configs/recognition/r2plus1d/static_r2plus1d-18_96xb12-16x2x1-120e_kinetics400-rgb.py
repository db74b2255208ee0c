"""R(2+1)D-18, 16 frames, Kinetics-400, static.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/static_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb.py 8 --auto-scale-lr
Thesis: 55.2 GFLOPs, clip-1 57.3, video-1 65.6, video-5 86.3 (table 4.5).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18.py',
    '../../_base_/datasets/kinetics400_rgb.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
