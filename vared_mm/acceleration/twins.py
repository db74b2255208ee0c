"""What a device offers to make a model quick."""

from abc import abstractmethod
from typing import Any, Protocol

from torch import nn

from vared_mm.dynamic import DynamicConvolution

from .epilogue import Epilogue


class Twins(Protocol):
    """Quick layers that stand for others, on one kind of device."""

    #: Whether static convolutions have the ReLU behind them inside; else a compiler joins it.
    static_take_relu: bool

    @abstractmethod
    def dynamic(self, layer: DynamicConvolution, epilogue: Epilogue) -> nn.Module:
        """A twin of a dynamic layer, with what follows it."""

    @abstractmethod
    def static(self, conv: nn.Conv3d, relu: bool) -> nn.Module:
        """A twin of a static convolution of clips, whose batch norm is folded, or itself."""

    @abstractmethod
    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """A twin of a pooling, or itself."""

    @abstractmethod
    def finish(self, part: nn.Module, inputs: tuple[Any, ...], compiled: bool) -> None:
        """Make the forward of a network of such layers quick.

        Args:
            part: the network.
            inputs: as its forward will get.
            compiled: whether by a compiler.
        """
