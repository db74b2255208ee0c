"""R(2+1)D-18, 8 frames, time and channels dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/vared-t2c2-finetuned_r2plus1d-18_96xb12-8x2x1-40e_mini-kinetics200-rgb.py 8 --auto-scale-lr
After: vared-t2c2_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb.
Thesis: 20.0 GFLOPs (18.0 to 22.1), clip-1 57.7, video-1 68.0 (tables 4.1, 4.11).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_vared.py',
    '../../_base_/datasets/mini_kinetics200_rgb_8f.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(input_shape=(3, 8, 128, 128)))
load_from = 'work_dirs/vared-t2c2_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
