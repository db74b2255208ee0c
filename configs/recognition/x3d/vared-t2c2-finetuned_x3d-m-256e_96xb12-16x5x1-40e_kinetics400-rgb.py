"""X3D-M, 16 frames, Kinetics-400, 256 epochs, time and channels dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/x3d/vared-t2c2-finetuned_x3d-m-256e_96xb12-16x5x1-40e_kinetics400-rgb.py 8 --auto-scale-lr
After: vared-t2c2_x3d-m_96xb12-16x5x1-256e_kinetics400-rgb.
Thesis: 5.87 GFLOPs, clip-1 66.4, video-1 73.6 (table B.2).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/x3d_m_vared.py',
    '../../_base_/datasets/kinetics400_rgb_256_i5.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=5e-5))
load_from = 'work_dirs/vared-t2c2_x3d-m_96xb12-16x5x1-256e_kinetics400-rgb/epoch_256.pth'
