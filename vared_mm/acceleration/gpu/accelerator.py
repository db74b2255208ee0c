"""Accelerated layers on a GPU."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic import Backend, DynamicConvolution

from ..common.compiled import compile_forward
from ..common.post_ops import PostOps
from ..common.static_convolution import FixedConv3d
from .backend import EagerGpuBackend, TritonBackend
from .convolution import is_known
from .graphed_forward import GraphedForward
from .static_layers import MeasuredConv3d
from .varied_choice import varied_choice


class GpuAccelerator:
    """See :class:`vared_mm.acceleration.common.accelerator.Accelerator`.

    Args:
        dtype: to compute in.
    """

    def __init__(self, dtype: torch.dtype) -> None:
        self._dtype = dtype

    def dynamic(self, layer: DynamicConvolution, post_ops: PostOps) -> Backend:
        """A few kernels a layer."""
        if is_known(layer):
            return TritonBackend(layer, post_ops, self._dtype)
        return EagerGpuBackend(layer, post_ops)

    def fuses_relu(self, conv: nn.Conv3d) -> bool:
        """Where the convolution may be our kernel."""
        return is_known(conv)

    def static(self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> nn.Module:
        """By the library or by our kernel."""
        if is_known(conv):
            return MeasuredConv3d(conv, norm, relu, self._dtype)
        return FixedConv3d(conv, norm)

    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """The pooling itself."""
        return pool

    def forward_of(
        self, part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool
    ) -> Callable[..., Any]:
        """Measure static convolutions, compile what lies between our layers, and capture it all."""
        # Kernels are tuned at the first call of a size.
        with ExitStack() as hooks, torch.no_grad(), varied_choice(part):
            for layer in part.modules():
                if isinstance(layer, MeasuredConv3d):
                    hooks.enter_context(layer.register_forward_pre_hook(_measure))
            part(*args, **kwargs)
        forward = compile_forward(part) if compiled else part.forward
        return GraphedForward(part, forward)


def _measure(layer: MeasuredConv3d, inputs: tuple[Tensor]) -> None:
    layer.measure(*inputs)
