"""PSPNet, dilated ResNet-18, ADE20K, static.

Command: bash tools/dist_train.sh \
    configs/segmentation/pspnet/static_pspnet-r18-d8_4xb2-100k_ade20k-512x512.py 4
104.35 GFLOPs at 512 x 512. The thesis gives no table of it; CSAILVision's published single-scale baseline of
this model, from ImageNet weights: mIoU 38.00, pixel accuracy 78.64.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/pspnet_r18_d8.py',
    '../../_base_/datasets/ade20k.py',
    '../../_base_/schedules/sgd_100k.py',
    '../../_base_/segmentation_runtime.py',
]
