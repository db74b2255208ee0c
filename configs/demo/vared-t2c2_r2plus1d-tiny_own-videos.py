"""Videos of one's own: small R(2+1)D, time and channels dynamic, no efficiency loss yet. Trains in minutes on two cores.

Command: python tools/train.py configs/demo/vared-t2c2_r2plus1d-tiny_own-videos.py
"""

_base_ = [
    '../_base_/models/r2plus1d_tiny_vared.py',
    '../_base_/datasets/own_videos.py',
    '../_base_/schedules/demo.py',
    '../_base_/demo_runtime.py',
]

model = dict(
    backbone=dict(input_shape=(3, 8, 64, 64)),
    cls_head=dict(num_classes=_base_.num_classes),
)
train_cfg = dict(val_interval=6)
