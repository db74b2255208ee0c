"""R(2+1)D-18, 16 frames, Kinetics-400, blocks dynamic along time and channels, search space 2: finetuned with the efficiency loss.

Command: bash tools/dist_train.sh \
    configs/blockwise/r2plus1d/vared-block-t2c2-finetuned_r2plus1d-18_96xb12-16x2x1-40e_kinetics400-rgb.py 8 --auto-scale-lr
After: vared-block-t2c2_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb.
Thesis: no such method; see vared-t2c2-finetuned for the per-layer one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/r2plus1d_18_block.py',
    '../../_base_/datasets/kinetics400_rgb.py',
    '../../_base_/schedules/finetune_40e.py',
    '../../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
load_from = (
    'work_dirs/vared-block-t2c2_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb/epoch_120.pth'
)
