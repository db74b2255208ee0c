"""What a kind of device offers to accelerate a model."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.blockwise.convolution import BlockBackend
from vared_mm.blockwise.squeeze_within import SqueezeWithin
from vared_mm.dynamic import Backend, DynamicConvolution

from .post_ops import PostOps


class Accelerator(Protocol):
    """Accelerated layers and forwards, on one kind of device."""

    @abstractmethod
    def dynamic(self, layer: DynamicConvolution, post_ops: PostOps) -> Backend:
        """A backend for a dynamic layer, with its post-ops fused."""

    @abstractmethod
    def block(
        self,
        conv: nn.Module,
        post_ops: PostOps,
        between: Sequence[nn.Module] | None,
        gives_parts: bool,
    ) -> BlockBackend:
        """A backend for a convolution of a block, with its post-ops fused.

        Args:
            conv: the convolution.
            post_ops: without a residual.
            between: what it computes first, of what the one before it gives; None if it reads a
                tensor.
            gives_parts: whether it gives its result to the one behind it, not in a tensor.
        """

    @abstractmethod
    def squeeze(self, module: nn.Module, within: SqueezeWithin) -> None:
        """Let a squeeze-and-excitation of a block take what such convolutions give."""

    @abstractmethod
    def fuses_relu(self, conv: nn.Conv3d) -> bool:
        """Whether :meth:`static` fuses the ReLU behind a static convolution."""

    @abstractmethod
    def static(self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> nn.Module:
        """A replacement for a static convolution of clips, with the norm and ReLU behind it."""

    @abstractmethod
    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """A replacement for a pooling, or itself."""

    @abstractmethod
    def forward_of(
        self, part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool
    ) -> Callable[..., Any]:
        """The fastest forward of a network of such layers.

        Args:
            part: the network.
            args: of its forward.
            kwargs: likewise.
            compiled: whether to compile what lies between the layers.
        """
