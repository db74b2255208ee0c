"""Demo: small PSPNet on shape scenes, channels dynamic, finetuned with the efficiency loss.

Command: python tools/train.py configs/demo/vared-c2-finetuned_pspnet-tiny_shape-scenes.py
All stages: make demo-segmentation. Measured results: results/demo_segmentation/ and docs/results.md.
After: vared-c2_pspnet-tiny_shape-scenes.
"""

_base_ = [
    '../_base_/models/pspnet_tiny_vared.py',
    '../_base_/datasets/shape_scenes.py',
    '../_base_/schedules/demo_finetune_iterations.py',
    '../_base_/segmentation_demo_runtime.py',
]

load_from = 'work_dirs/vared-c2_pspnet-tiny_shape-scenes/iter_750.pth'
