"""I3D-InceptionV2, 16 frames, Mini-Kinetics-200, blocks dynamic along time and channels, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/blockwise/i3d/vared-block-t2c2-finetuned_i3d-inceptionv2_96xb12-16x2x1-40e_mini-kinetics200-rgb.py 8 --auto-scale-lr
After: vared-block-t2c2_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb.
Thesis: no such method; see vared-t2c2-finetuned for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/i3d_inceptionv2_block.py',
    '../../_base_/datasets/mini_kinetics200_rgb_256.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=1e-4))
load_from = 'work_dirs/vared-block-t2c2_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb/epoch_120.pth'
