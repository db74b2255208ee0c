"""Models that upstream lacks: backbones, necks, heads, a detector; any backbone made dynamic."""

from vared_mm.models.backbones import X3D, CorrNet, FrameResNet, I3DInceptionV2, R2Plus1D
from vared_mm.models.blockwise_backbone import blockwise_backbone
from vared_mm.models.data_preprocessors import SegDataPreProcessor
from vared_mm.models.dynamic_backbone import dynamic_backbone
from vared_mm.models.heads import TSNHead
from vared_mm.models.layers import (
    CorrelationBlock,
    FoldedConv3d,
    conv2plus1d_plain_shortcut,
)
from vared_mm.models.necks import TPN
from vared_mm.models.yowo import CFAM, YOWO, RegionLoss, YOWOHead

__all__ = [
    'CFAM',
    'CorrNet',
    'CorrelationBlock',
    'FoldedConv3d',
    'FrameResNet',
    'I3DInceptionV2',
    'R2Plus1D',
    'RegionLoss',
    'SegDataPreProcessor',
    'TPN',
    'TSNHead',
    'X3D',
    'YOWO',
    'YOWOHead',
    'blockwise_backbone',
    'conv2plus1d_plain_shortcut',
    'dynamic_backbone',
]
