"""Demo: small PSPNet on shape scenes, channels dynamic, no efficiency loss yet.

Command: python tools/train.py configs/demo/vared-c2_pspnet-tiny_shape-scenes.py
All stages: make demo-segmentation. Measured results: results/demo_segmentation/ and docs/results.md.
After: static_pspnet-tiny_shape-scenes. From scratch this small model learns slower than a static
one; the recipes in configs/segmentation/ start from scratch, as the thesis does.
"""

_base_ = [
    '../_base_/models/pspnet_tiny_vared.py',
    '../_base_/datasets/shape_scenes.py',
    '../_base_/schedules/demo_warm_iterations.py',
    '../_base_/segmentation_demo_runtime.py',
]

load_from = 'work_dirs/static_pspnet-tiny_shape-scenes/iter_1500.pth'
