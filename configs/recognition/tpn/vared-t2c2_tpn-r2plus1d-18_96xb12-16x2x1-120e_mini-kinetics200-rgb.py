"""TPN on R(2+1)D-18, 16 frames, Mini-Kinetics-200, time and channels dynamic, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/recognition/tpn/vared-t2c2_tpn-r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb.py 8 --auto-scale-lr
Thesis: no number for this stage; see the finetuned one.
Ours: not yet run.
The thesis gives no learning rate for this model: R(2+1)D's.
"""

_base_ = [
    '../../_base_/models/tpn_r2plus1d_18_vared.py',
    '../../_base_/datasets/mini_kinetics200_rgb.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]
