"""X3D-M, 16 frames, Kinetics-400, blocks dynamic along time and channels, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/blockwise/x3d/vared-block-t2c2-finetuned_x3d-m_96xb12-16x5x1-40e_kinetics400-rgb.py 8 --auto-scale-lr
After: vared-block-t2c2_x3d-m_96xb12-16x5x1-120e_kinetics400-rgb.
Thesis: no such method; see vared-t2c2-finetuned for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/x3d_m_block.py',
    '../../_base_/datasets/kinetics400_rgb_256_i5.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=5e-5))
load_from = 'work_dirs/vared-block-t2c2_x3d-m_96xb12-16x5x1-120e_kinetics400-rgb/epoch_120.pth'
