"""What a device offers to make a model quick."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic import DynamicConvolution

from .epilogue import Epilogue


class Twins(Protocol):
    """Quick layers that stand for others, on one kind of device."""

    @abstractmethod
    def dynamic(self, layer: DynamicConvolution, epilogue: Epilogue) -> nn.Module:
        """A twin of a dynamic layer, with what follows it."""

    @abstractmethod
    def takes_relu(self, conv: nn.Conv3d) -> bool:
        """Whether a static convolution's twin has the ReLU behind it inside."""

    @abstractmethod
    def static(self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> nn.Module:
        """A twin of a static convolution of clips, with what follows it."""

    @abstractmethod
    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """A twin of a pooling, or itself."""

    @abstractmethod
    def finish(
        self, part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool
    ) -> Callable[..., Any]:
        """A quick forward of a network of such layers.

        Args:
            part: the network.
            args: as its forward will get.
            kwargs: likewise.
            compiled: whether by a compiler.
        """
