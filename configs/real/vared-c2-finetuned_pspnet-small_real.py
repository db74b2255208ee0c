"""Small PSPNet on real images, channels dynamic,
finetuned with the efficiency loss.

Command: python tools/train.py configs/real/vared-c2-finetuned_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: vared-c2_pspnet-small_real.
"""

_base_ = [
    '../_base_/models/pspnet_small_vared.py',
    '../_base_/datasets/real_images.py',
    '../_base_/schedules/real_images_finetune.py',
    '../_base_/real_images_runtime.py',
]

model = dict(
    decode_head=dict(num_classes=_base_.num_classes),
    auxiliary_head=dict(num_classes=_base_.num_classes),
)
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.EfficiencyLossHook', weight=0.8)]
load_from = 'work_dirs/vared-c2_pspnet-small_real/epoch_12.pth'
