"""Videos of one's own: small R(2+1)D, dynamic, finetuned with the efficiency loss. Trains in minutes on two cores.

Command: python tools/train.py configs/demo/vared-t2c2-finetuned_r2plus1d-tiny_own-videos.py
After: vared-t2c2_r2plus1d-tiny_own-videos.
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny_vared.py',
    '../_base_/datasets/own_videos.py',
    '../_base_/schedules/demo_finetune.py',
    '../_base_/demo_runtime.py',
]

model = dict(
    backbone=dict(input_shape=(3, 8, 64, 64)),
    cls_head=dict(num_classes=_base_.num_classes),
)
train_cfg = dict(val_interval=6)
load_from = 'work_dirs/vared-t2c2_r2plus1d-tiny_own-videos/epoch_36.pth'
