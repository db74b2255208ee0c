"""Quick layers on a GPU."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic import DynamicConv3d, DynamicConvolution

from ..compiled import compile_forward
from ..epilogue import Epilogue
from ..static_layers import FixedConv3d
from .geometry import is_known
from .gpu_convolution import GpuConv2d, GpuConv3d
from .graphed_forward import GraphedForward
from .measured_conv import MeasuredConv3d
from .varied_choice import varied_choice


class GpuTwins:
    """See :class:`vared_mm.acceleration.twins.Twins`.

    Args:
        dtype: to compute in.
    """

    def __init__(self, dtype: torch.dtype) -> None:
        self._dtype = dtype

    def dynamic(self, layer: DynamicConvolution, epilogue: Epilogue) -> nn.Module:
        """A few kernels a layer."""
        twin = GpuConv3d if isinstance(layer, DynamicConv3d) else GpuConv2d
        return twin(layer, epilogue, self._dtype)

    def takes_relu(self, conv: nn.Conv3d) -> bool:
        """Where it may be our kernel."""
        return is_known(conv)

    def static(self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> nn.Module:
        """By the library or by our kernel."""
        if is_known(conv):
            return MeasuredConv3d(conv, norm, relu, self._dtype)
        return FixedConv3d(conv, norm)

    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """As it is."""
        return pool

    def finish(
        self, part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool
    ) -> Callable[..., Any]:
        """Choose between ways, compile what lies between our layers, and capture it all."""
        # Kernels are tuned at the first call of a size.
        with ExitStack() as hooks, torch.no_grad(), varied_choice(part):
            for layer in part.modules():
                if isinstance(layer, MeasuredConv3d):
                    hooks.enter_context(layer.register_forward_pre_hook(_settle))
            part(*args, **kwargs)
        forward = compile_forward(part) if compiled else part.forward
        return GraphedForward(part, forward)


def _settle(layer: MeasuredConv3d, inputs: tuple[Tensor]) -> None:
    layer.settle(*inputs)
