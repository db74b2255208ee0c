"""AR-Net, 16 frames, Mini-Kinetics-200: the networks learn, nothing is decided.

Command: bash tools/dist_train.sh \
    configs/comparisons/ar_net/arnet-classifiers_r50-r34-r18_4xb12-1x1x16-10e_mini-kinetics200-rgb.py 4
Thesis: no number for this stage; see the last one.
Ours: not yet run.
Differs from the public code's script, which trains each by itself: they share clips and the
clipping of gradients.
"""

_base_ = [
    '../../_base_/models/ar_net_r50.py',
    '../../_base_/datasets/mini_kinetics200_rgb_tsn.py',
    '../../_base_/schedules/ar_net.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(stage='classifiers'), cls_head=dict(loss_cls=dict(loss_weight=1.0)))
train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=0.02))
find_unused_parameters = True  # the policy has no part in this stage
train_dataloader = dict(drop_last=True)
default_hooks = dict(cost_record=dict(clip_frames=16))
