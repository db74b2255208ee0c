"""Demo: small PSPNet on shape scenes, static, trained on for as long as the dynamic model is in its
two stages: a control that tells what longer training gives.

Command: python tools/train.py configs/demo/static-longer_pspnet-tiny_shape-scenes.py
All stages: make demo-segmentation. Measured results: results/demo_segmentation/ and docs/results.md.
After: static_pspnet-tiny_shape-scenes.
"""

_base_ = './static_pspnet-tiny_shape-scenes.py'

load_from = 'work_dirs/static_pspnet-tiny_shape-scenes/iter_1500.pth'
