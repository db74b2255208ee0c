"""AR-Net, 16 frames, Mini-Kinetics-200: the networks, after a frozen policy.

Command: bash tools/dist_train.sh \
    configs/comparisons/ar_net/arnet_r50-r34-r18_4xb12-1x1x16-50e_mini-kinetics200-rgb.py 4
After: arnet-joint_r50-r34-r18_4xb12-1x1x16-50e_mini-kinetics200-rgb.
Thesis: 44.8 GFLOPs, clip-1 67.2 (table 4.4).
Ours: not yet run.
The temperature plays no part here: it shapes the policy's gradients only.
"""

_base_ = [
    '../../_base_/models/ar_net_r50.py',
    '../../_base_/datasets/mini_kinetics200_rgb_tsn.py',
    '../../_base_/schedules/ar_net.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(stage='finetune'))
train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=0.0005))
custom_hooks = [dict(type='vared_mm.LayerLossHook', weight=0.05)]

train_dataloader = dict(drop_last=True)
default_hooks = dict(cost_record=dict(clip_frames=16))
load_from = 'work_dirs/arnet-joint_r50-r34-r18_4xb12-1x1x16-50e_mini-kinetics200-rgb/epoch_50.pth'
