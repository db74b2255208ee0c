"""R(2+1)D-18, 16 frames, time dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/r2plus1d/vared-t2-finetuned_r2plus1d-18_96xb12-16x2x1-40e_mini-kinetics200-rgb.py 8 --auto-scale-lr
After: vared-t2_r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb.
Thesis: 46.1 GFLOPs, clip-1 58.6, video-1 67.6 (table 4.12).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_vared.py',
    '../../_base_/datasets/mini_kinetics200_rgb.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(temporal=2, channel=1))
load_from = 'work_dirs/vared-t2_r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
