"""I3D-InceptionV2, 32 frames, Kinetics-400, static.

Command: bash tools/dist_train.sh \
    configs/recognition/i3d/static_i3d-inceptionv2_96xb12-32x2x1-120e_kinetics400-rgb.py 8 --auto-scale-lr
Thesis: 112.0 GFLOPs, clip-1 57.2, video-1 64.9, video-5 86.5 (table 4.6).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2.py',
    '../../_base_/datasets/kinetics400_rgb_256_32f.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=1e-4))
