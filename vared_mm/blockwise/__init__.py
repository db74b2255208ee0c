"""Block-wise dynamic networks: what a clip does not need is neither computed, written nor rebuilt.

Reading order: ``hidden``, ``find_blocks``, ``gate``, ``block``, ``batch``, ``eager``,
``conversion``; ``record`` for the cost.
"""

from .block import DynamicBlock
from .conversion import convert_blocks
from .convolution import BlockConv2d, BlockConv3d, BlockConvolution
from .gate import BlockGate
from .record import BlockRecord
from .sorting import sort_channels

__all__ = [
    'BlockConv2d',
    'BlockConv3d',
    'BlockConvolution',
    'BlockGate',
    'BlockRecord',
    'DynamicBlock',
    'convert_blocks',
    'sort_channels',
]
