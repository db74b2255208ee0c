"""YOWO on a frozen X3D-M, J-HMDB-21 split 1, static.

Command: python tools/train.py configs/localization/yowo/static_yowo-x3d-m_1xb12-16x1x1-50k_jhmdb21-rgb.py
After: static_x3d-m_96xb12-16x5x1-120e_mini-kinetics200-rgb.
Thesis: 5.75 GFLOPs, frame-mAP 47.9, recall 65.2, classification 93.2 (table 4.9).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/yowo_x3d_m.py',
    '../../_base_/datasets/jhmdb21_rgb.py',
    '../../_base_/schedules/yowo_50k.py',
    '../../_base_/localization_runtime.py',
]

# The thesis' count of X3D leaves out the batch norms here, as on Mini-Kinetics-200.
default_hooks = dict(cost_record=dict(without=('norm',)))
# The recognizer's backbone, as it was trained.
load_from = 'work_dirs/static_x3d-m_96xb12-16x5x1-120e_mini-kinetics200-rgb/epoch_120.pth'
