"""X3D-M, 16 frames, Moments-In-Time, blocks dynamic along time and channels, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/blockwise/x3d/vared-block-t2c2_x3d-m_96xb12-16x5x1-60e_moments-in-time-rgb.py 8 --auto-scale-lr
Thesis: no such method; see vared-t2c2 for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/x3d_m_block.py',
    '../../_base_/datasets/moments_in_time_rgb_256_i5.py',
    '../../_base_/schedules/sgd_60e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=339))
optim_wrapper = dict(optimizer=dict(lr=1.8, weight_decay=5e-5))
# The thesis' count of X3D on this data set leaves out the batch norms.
default_hooks = dict(cost_record=dict(without=('norm',)))
