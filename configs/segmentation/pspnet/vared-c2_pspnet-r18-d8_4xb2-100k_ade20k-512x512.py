"""PSPNet, dilated ResNet-18, ADE20K, channels dynamic, search space 2: training, no efficiency loss yet.

Command: bash tools/dist_train.sh \
    configs/segmentation/pspnet/vared-c2_pspnet-r18-d8_4xb2-100k_ade20k-512x512.py 4
104.35 GFLOPs at 512 x 512 in full, 80.23 at the least (80.36 with cheap operations and gates). The thesis gives no table of it.
Ours: not yet run.
"""

_base_ = [
    '../../_base_/models/pspnet_r18_d8_vared.py',
    '../../_base_/datasets/ade20k.py',
    '../../_base_/schedules/sgd_100k.py',
    '../../_base_/segmentation_runtime.py',
]
