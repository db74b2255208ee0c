"""Models that upstream lacks: backbones, a neck, a head, layers, and any backbone made dynamic."""

from vared_mm.models.backbones import X3D, CorrNet, FrameResNet, I3DInceptionV2, R2Plus1D
from vared_mm.models.dynamic_backbone import dynamic_backbone
from vared_mm.models.heads import TSNHead
from vared_mm.models.layers import (
    Conv2plus1d,
    CorrelationBlock,
    FoldedConv3d,
    conv2plus1d_plain_shortcut,
)
from vared_mm.models.necks import TPN

__all__ = [
    'TPN',
    'X3D',
    'Conv2plus1d',
    'CorrNet',
    'CorrelationBlock',
    'FoldedConv3d',
    'FrameResNet',
    'I3DInceptionV2',
    'R2Plus1D',
    'TSNHead',
    'conv2plus1d_plain_shortcut',
    'dynamic_backbone',
]
