"""Small PSPNet on real images, static.

Command: python tools/train.py configs/real/static_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: pretrain_pspnet-small_real.
"""

_base_ = [
    '../_base_/models/pspnet_small.py',
    '../_base_/datasets/real_images.py',
    '../_base_/schedules/real_images.py',
    '../_base_/real_images_runtime.py',
]

model = dict(
    decode_head=dict(num_classes=_base_.num_classes),
    auxiliary_head=dict(num_classes=_base_.num_classes),
)
load_from = 'work_dirs/pretrain_pspnet-small_real/epoch_12.pth'
