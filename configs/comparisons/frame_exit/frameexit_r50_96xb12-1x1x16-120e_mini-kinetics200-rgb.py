"""FrameExit on TSN ResNet-50, 16 frames, Mini-Kinetics-200.

Command: bash tools/dist_train.sh \
    configs/comparisons/frame_exit/frameexit_r50_96xb12-1x1x16-120e_mini-kinetics200-rgb.py \
    8 --auto-scale-lr
Thesis: no row of its own.
Ours: not yet run.
Schedule and learning rate are TSN's here, so that both differ in the method only.
"""

_base_ = [
    '../../_base_/models/frame_exit_r50.py',
    '../../_base_/datasets/mini_kinetics200_rgb_tsn.py',
    '../../_base_/schedules/sgd_120e.py',
    '../../_base_/default_runtime.py',
]

default_hooks = dict(cost_record=dict(clip_frames=16))
