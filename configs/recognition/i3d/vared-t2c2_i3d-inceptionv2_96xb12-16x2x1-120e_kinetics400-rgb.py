"""I3D-InceptionV2, 16 frames, Kinetics-400, time and channels dynamic, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/recognition/i3d/vared-t2c2_i3d-inceptionv2_96xb12-16x2x1-120e_kinetics400-rgb.py 8 --auto-scale-lr
Thesis: 56.0 GFLOPs, clip-1 58.0, video-1 66.5 (table 4.10).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_vared.py',
    '../../_base_/datasets/kinetics400_rgb_256.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=1e-4))
