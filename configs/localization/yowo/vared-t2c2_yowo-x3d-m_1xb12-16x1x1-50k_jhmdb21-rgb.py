"""YOWO on a frozen X3D-M, J-HMDB-21 split 1, time and channels dynamic, search space 2.

Command: python tools/train.py configs/localization/yowo/vared-t2c2_yowo-x3d-m_1xb12-16x1x1-50k_jhmdb21-rgb.py
After: vared-t2c2-finetuned_x3d-m_96xb12-16x5x1-40e_mini-kinetics200-rgb.
Thesis: 4.85 GFLOPs, frame-mAP 50.0, recall 65.8, classification 93.0 (table 4.9).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/yowo_x3d_m_vared.py',
    '../../_base_/datasets/jhmdb21_rgb.py',
    '../../_base_/schedules/yowo_50k.py',
    '../../_base_/localization_runtime.py',
]

# The thesis' count of X3D leaves out the batch norms here, as on Mini-Kinetics-200.
default_hooks = dict(cost_record=dict(without=('norm',)))
# The recognizer's backbone, its gates too, as it was trained.
load_from = (
    'work_dirs/vared-t2c2-finetuned_x3d-m_96xb12-16x5x1-40e_mini-kinetics200-rgb/epoch_40.pth'
)
