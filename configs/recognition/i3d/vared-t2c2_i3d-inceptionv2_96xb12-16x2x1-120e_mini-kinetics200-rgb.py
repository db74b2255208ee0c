"""I3D-InceptionV2, 16 frames, Mini-Kinetics-200, time and channels dynamic, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/recognition/i3d/vared-t2c2_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: no number for this stage; see the finetuned one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_vared.py',
    '../../_base_/datasets/mini_kinetics200_rgb_256.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=1e-4))
