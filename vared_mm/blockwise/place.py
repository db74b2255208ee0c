"""Where a layer stands in its block."""

from dataclasses import dataclass

from .block import DynamicBlock
from .geometry import Convolution


@dataclass(eq=False)
class Place:
    """The place of a convolution.

    Args:
        block: its block.
        chain: index of its chain.
        reads: index of the hidden tensor that it reads; None for none.
        writes: index of the one that it writes, likewise; a depthwise one does both.
        begins: whether it is the first of its chain.
        ends: whether it is the last.
    """

    block: DynamicBlock
    chain: int
    reads: int | None = None
    writes: int | None = None
    begins: bool = False
    ends: bool = False


@dataclass(eq=False)
class SqueezePlace:
    """The place of a squeeze-and-excitation.

    Args:
        block: its block.
        chain: index of its chain.
        hidden: index of the hidden tensor that it scales.
        behind: the convolution before it.
    """

    block: DynamicBlock
    chain: int
    hidden: int
    behind: Convolution
