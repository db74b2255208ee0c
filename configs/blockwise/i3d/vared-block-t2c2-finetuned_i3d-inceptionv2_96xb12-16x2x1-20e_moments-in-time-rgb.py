"""I3D-InceptionV2, 16 frames, Moments-In-Time, blocks dynamic along time and channels, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/blockwise/i3d/vared-block-t2c2-finetuned_i3d-inceptionv2_96xb12-16x2x1-20e_moments-in-time-rgb.py 8 --auto-scale-lr
After: vared-block-t2c2_i3d-inceptionv2_96xb12-16x2x1-60e_moments-in-time-rgb.
Thesis: no such method; see vared-t2c2-finetuned for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_block.py',
    '../../_base_/datasets/moments_in_time_rgb_256.py',
    '../../_base_/schedules/finetune_20e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=339))
optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=1e-4))
load_from = (
    'work_dirs/vared-block-t2c2_i3d-inceptionv2_96xb12-16x2x1-60e_moments-in-time-rgb/epoch_60.pth'
)
