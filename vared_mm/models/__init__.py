"""Models that upstream lacks: backbones, layers."""

from vared_mm.models.backbones import R2Plus1D
from vared_mm.models.dynamic_backbone import dynamic_backbone
from vared_mm.models.layers import Conv2plus1d, FoldedConv3d, conv2plus1d_plain_shortcut

__all__ = [
    'Conv2plus1d',
    'FoldedConv3d',
    'R2Plus1D',
    'conv2plus1d_plain_shortcut',
    'dynamic_backbone',
]
