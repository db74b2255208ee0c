"""Layers that upstream lacks."""

from vared_mm.models.layers.conv2plus1d import conv2plus1d_plain_shortcut
from vared_mm.models.layers.correlation_block import CorrelationBlock, FrameCorrelation
from vared_mm.models.layers.folded_conv import FoldedConv3d

__all__ = [
    'CorrelationBlock',
    'FoldedConv3d',
    'FrameCorrelation',
    'conv2plus1d_plain_shortcut',
]
