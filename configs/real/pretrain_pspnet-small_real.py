"""Small PSPNet on generated shape scenes: where all networks of its kind start.

Command: python tools/train.py configs/real/pretrain_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
"""

_base_ = [
    '../_base_/models/pspnet_small.py',
    '../_base_/datasets/shape_scenes.py',
    '../_base_/schedules/real_pretrain.py',
    '../_base_/real_images_runtime.py',
]

model = dict(
    decode_head=dict(num_classes=_base_.num_classes),
    auxiliary_head=dict(num_classes=_base_.num_classes),
)
train_dataloader = dict(
    num_workers=0, persistent_workers=False, sampler=dict(type='DefaultSampler')
)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
val_evaluator = _base_.val_evaluator[:2]  # no cost of crops
test_evaluator = val_evaluator
custom_hooks = []  # scenes are of no sequence
