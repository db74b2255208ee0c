"""AR-Net, 16 frames, Mini-Kinetics-200: policy and networks together.

Command: bash tools/dist_train.sh \
    configs/comparisons/ar_net/arnet-joint_r50-r34-r18_4xb12-1x1x16-50e_mini-kinetics200-rgb.py 4
After: arnet-classifiers_r50-r34-r18_4xb12-1x1x16-10e_mini-kinetics200-rgb.
Thesis: no number for this stage; see the last one.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/ar_net_r50.py',
    '../../_base_/datasets/mini_kinetics200_rgb_tsn.py',
    '../../_base_/schedules/ar_net.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(stage='joint'))
train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=0.001))
custom_hooks = [
    dict(type='vared_mm.LayerLossHook', weight=0.05),
    dict(type='vared_mm.TemperatureHook', initial=5, rate=0.045),
]

train_dataloader = dict(drop_last=True)
default_hooks = dict(cost_record=dict(clip_frames=16))
load_from = (
    'work_dirs/arnet-classifiers_r50-r34-r18_4xb12-1x1x16-10e_mini-kinetics200-rgb/epoch_10.pth'
)
