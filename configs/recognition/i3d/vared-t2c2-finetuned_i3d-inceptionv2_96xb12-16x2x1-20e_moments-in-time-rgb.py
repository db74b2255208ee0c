"""I3D-InceptionV2, 16 frames, Moments-In-Time, time and channels dynamic, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/recognition/i3d/vared-t2c2-finetuned_i3d-inceptionv2_96xb12-16x2x1-20e_moments-in-time-rgb.py 8 --auto-scale-lr
After: vared-t2c2_i3d-inceptionv2_96xb12-16x2x1-60e_moments-in-time-rgb.
Thesis: 32.1 GFLOPs, clip-1 26.3, video-1 28.5 (table 4.7).
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_vared.py',
    '../../_base_/datasets/moments_in_time_rgb_256.py',
    '../../_base_/schedules/finetune_20e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=339))
optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=1e-4))
load_from = (
    'work_dirs/vared-t2c2_i3d-inceptionv2_96xb12-16x2x1-60e_moments-in-time-rgb/epoch_60.pth'
)
