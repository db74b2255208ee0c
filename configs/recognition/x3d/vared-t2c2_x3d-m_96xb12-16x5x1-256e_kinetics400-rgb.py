"""X3D-M, 16 frames, Kinetics-400, 256 epochs, time and channels dynamic, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/recognition/x3d/vared-t2c2_x3d-m_96xb12-16x5x1-256e_kinetics400-rgb.py 8 --auto-scale-lr
Thesis: no number for this stage; see the finetuned one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/x3d_m_vared.py',
    '../../_base_/datasets/kinetics400_rgb_256_i5.py',
    '../../_base_/schedules/sgd_256e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=5e-5))
