"""Demo: small PSPNet on shape scenes, static.

Command: python tools/train.py configs/demo/static_pspnet-tiny_shape-scenes.py
All stages: make demo-segmentation. Measured results: results/demo_segmentation/ and docs/results.md.
"""

_base_ = [
    '../_base_/models/pspnet_tiny.py',
    '../_base_/datasets/shape_scenes.py',
    '../_base_/schedules/demo_iterations.py',
    '../_base_/segmentation_demo_runtime.py',
]
