"""CorrNet on R(2+1)D-18, 16 frames, Mini-Kinetics-200, time and channels dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/corrnet/vared-t2c2-finetuned_corrnet-r2plus1d-18_96xb12-16x2x1-40e_mini-kinetics200-rgb.py 8 --auto-scale-lr
After: vared-t2c2_corrnet-r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb.
Thesis: 45.5 GFLOPs, clip-1 60.4, video-1 70.0 (table 4.4).
Ours: not yet run.
The thesis gives no learning rate for this model: R(2+1)D's.
"""

_base_ = [
    '../../_base_/models/corrnet_r2plus1d_18_vared.py',
    '../../_base_/datasets/mini_kinetics200_rgb.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

load_from = (
    'work_dirs/vared-t2c2_corrnet-r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
)
