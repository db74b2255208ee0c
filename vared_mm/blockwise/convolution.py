"""Convolutions of a block."""

from abc import abstractmethod
from typing import Protocol

from torch import Tensor, nn

from .eager import EagerBlockBackend
from .geometry import Convolution
from .place import Place


class BlockBackend(Protocol):
    """How the convolutions of blocks are computed."""

    @abstractmethod
    def run(self, conv: Convolution, place: Place, x: Tensor) -> Tensor:
        """Compute a convolution for the clips that are under way in its block.

        Args:
            conv: whose weights are used.
            place: of it.
            x: its input as it lies within the block; of the first of a chain the block's input.
        """


class BlockConvolution(nn.Module):
    """A convolution that computes what its block decides.

    It is the static convolution, with its weights, hooks and names, in another class; its
    ``backend`` computes, plain torch at first.

    Shapes: the first of a chain takes, and the last gives, those of the static convolution. In
    between tensors lie as :class:`vared_mm.blockwise.batch.Batch` says; channels that a clip does
    not keep are there, and mean nothing.
    """

    place: Place
    backend: BlockBackend = EagerBlockBackend()

    def forward(self, input: Tensor) -> Tensor:  # torch's name of it, for callers by keyword
        """Convolve; see the class for shapes."""
        return self.backend.run(self, self.place, input)


class BlockConv2d(BlockConvolution, nn.Conv2d):
    """``nn.Conv2d`` of a block."""


class BlockConv3d(BlockConvolution, nn.Conv3d):
    """``nn.Conv3d`` of a block."""
