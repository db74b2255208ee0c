"""Small PSPNet on real images, blocks dynamic along channels, no efficiency loss yet.

Command: python tools/train.py configs/real/vared-block-c2_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: pretrain_pspnet-small_real.
"""

_base_ = [
    '../_base_/models/pspnet_small_block.py',
    '../_base_/datasets/real_images.py',
    '../_base_/schedules/real_images.py',
    '../_base_/real_images_runtime.py',
]

model = dict(
    decode_head=dict(num_classes=_base_.num_classes),
    auxiliary_head=dict(num_classes=_base_.num_classes),
)
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.SortChannelsHook')]
load_from = 'work_dirs/pretrain_pspnet-small_real/epoch_12.pth'
