"""R(2+1)D-18, 16 frames, Kinetics-400, time and channels dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/vared-t2c2-finetuned_r2plus1d-18_96xb12-16x2x1-40e_kinetics400-rgb.py 8 --auto-scale-lr
After: vared-t2c2_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb.
Thesis: 40.3 GFLOPs, clip-1 58.4, video-1 67.6, video-5 87.6 (tables 4.5, 4.10).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_vared.py',
    '../../_base_/datasets/kinetics400_rgb.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
load_from = 'work_dirs/vared-t2c2_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb/epoch_120.pth'
