"""YOWO on a frozen I3D-InceptionV2, J-HMDB-21 split 1, time and channels dynamic, search space 2.

Command: python tools/train.py configs/localization/yowo/vared-t2c2_yowo-i3d-inceptionv2_1xb12-16x1x1-50k_jhmdb21-rgb.py
After: vared-t2c2-finetuned_i3d-inceptionv2_96xb12-16x2x1-40e_mini-kinetics200-rgb.
Thesis: 21.3 GFLOPs, frame-mAP 47.2, recall 65.6, classification 91.1 (table 4.9).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/yowo_i3d_inceptionv2_vared.py',
    '../../_base_/datasets/jhmdb21_rgb.py',
    '../../_base_/schedules/yowo_50k.py',
    '../../_base_/localization_runtime.py',
]

# The recognizer's backbone, its gates too, as it was trained.
load_from = 'work_dirs/vared-t2c2-finetuned_i3d-inceptionv2_96xb12-16x2x1-40e_mini-kinetics200-rgb/epoch_40.pth'
