"""AR-Net on real clips, beside the small TSN; policy and networks learn together.

Command: python tools/train.py configs/real/arnet-joint_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: arnet-classifiers_tsn-small_real.
"""

_base_ = [
    '../_base_/models/ar_net_small.py',
    '../_base_/datasets/real_frames.py',
    '../_base_/schedules/real_finetune.py',
    '../_base_/real_runtime.py',
]

model = dict(
    backbone=dict(num_classes=_base_.num_classes),
    cls_head=dict(num_classes=_base_.num_classes),
)
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='vared_mm.LayerLossHook', weight=0.05),
    dict(type='vared_mm.TemperatureHook', initial=5, rate=0.15),
]
optim_wrapper = dict(clip_grad=dict(max_norm=20))
default_hooks = dict(cost_record=dict(clip_frames=8))
load_from = 'work_dirs/arnet-classifiers_tsn-small_real/epoch_8.pth'
