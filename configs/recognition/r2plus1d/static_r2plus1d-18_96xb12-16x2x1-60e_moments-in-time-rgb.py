"""R(2+1)D-18, 16 frames, Moments-In-Time, static.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/static_r2plus1d-18_96xb12-16x2x1-60e_moments-in-time-rgb.py 8 --auto-scale-lr
Thesis: 55.2 GFLOPs, clip-1 27.0, video-1 28.8 (table 4.7).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18.py',
    '../../_base_/datasets/moments_in_time_rgb.py',
    '../../_base_/schedules/sgd_60e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=339))
