"""R(2+1)D-18, 8 frames, time and channels dynamic, search space 3: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/vared-t3c3-finetuned_r2plus1d-18_96xb12-8x2x1-40e_mini-kinetics200-rgb.py 8 --auto-scale-lr
After: vared-t3c3_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb.
Thesis: 21.6 GFLOPs (19.8 to 23.2), clip-1 58.2, video-1 67.7 (table 4.1).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_vared.py',
    '../../_base_/datasets/mini_kinetics200_rgb_8f.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(input_shape=(3, 8, 128, 128), temporal=3, channel=3))
load_from = 'work_dirs/vared-t3c3_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
