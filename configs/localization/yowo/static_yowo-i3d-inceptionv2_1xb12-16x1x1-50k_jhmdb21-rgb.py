"""YOWO on a frozen I3D-InceptionV2, J-HMDB-21 split 1, static.

Command: python tools/train.py configs/localization/yowo/static_yowo-i3d-inceptionv2_1xb12-16x1x1-50k_jhmdb21-rgb.py
After: static_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb.
Thesis: 43.9 GFLOPs, frame-mAP 44.8, recall 67.3, classification 87.2 (table 4.9).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/yowo_i3d_inceptionv2.py',
    '../../_base_/datasets/jhmdb21_rgb.py',
    '../../_base_/schedules/yowo_50k.py',
    '../../_base_/localization_runtime.py',
]

# The recognizer's backbone, as it was trained.
load_from = 'work_dirs/static_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
