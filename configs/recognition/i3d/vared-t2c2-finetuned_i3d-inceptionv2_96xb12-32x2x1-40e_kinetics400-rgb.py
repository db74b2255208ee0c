"""I3D-InceptionV2, 32 frames, Kinetics-400, time and channels dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/i3d/vared-t2c2-finetuned_i3d-inceptionv2_96xb12-32x2x1-40e_kinetics400-rgb.py 8 --auto-scale-lr
After: vared-t2c2_i3d-inceptionv2_96xb12-32x2x1-120e_kinetics400-rgb.
Thesis: 64.3 GFLOPs, clip-1 61.0, video-1 68.6, video-5 88.4 (table 4.6).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_vared.py',
    '../../_base_/datasets/kinetics400_rgb_256_32f.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(input_shape=(3, 32, 256, 256)), cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=1e-4))
load_from = 'work_dirs/vared-t2c2_i3d-inceptionv2_96xb12-32x2x1-120e_kinetics400-rgb/epoch_120.pth'
