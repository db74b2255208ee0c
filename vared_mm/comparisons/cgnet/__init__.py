"""Channel gating: a convolution over a part of the channels decides where the rest is added.

Source: Hua et al., Channel Gating Neural Networks (arXiv 1805.12549). Reading order:
``channel_gate``, ``gated_convolution``, ``gated_backbone``.
"""

from .channel_gate import ChannelGate
from .gated_backbone import convert_to_gated, gated_backbone
from .gated_convolution import GatedConv2d, GatedConv3d, GatedConvolution, GatedRecord

__all__ = [
    'ChannelGate',
    'GatedConv2d',
    'GatedConv3d',
    'GatedConvolution',
    'GatedRecord',
    'convert_to_gated',
    'gated_backbone',
]
