"""I3D-InceptionV2, 32 frames, Kinetics-400, time and channels dynamic, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/recognition/i3d/vared-t2c2_i3d-inceptionv2_96xb12-32x2x1-120e_kinetics400-rgb.py 8 --auto-scale-lr
Thesis: no number for this stage; see the finetuned one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_vared.py',
    '../../_base_/datasets/kinetics400_rgb_256_32f.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(input_shape=(3, 32, 256, 256)), cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=1e-4))
