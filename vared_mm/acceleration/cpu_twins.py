"""Quick layers on a CPU."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic import DynamicConv3d, DynamicConvolution

from .accelerated_convolution import AcceleratedConv2d, AcceleratedConv3d
from .compiled import compile_forward
from .epilogue import Epilogue
from .native import load_native
from .native_pass import NativePass
from .static_layers import FixedConv3d, NativeConv3d, NativeMaxPool3d, is_native


class CpuTwins:
    """See :class:`vared_mm.acceleration.twins.Twins`.

    Args:
        dtype: to compute in.

    Raises:
        RuntimeError: if there is no compiler that can build the native code.
    """

    def __init__(self, dtype: torch.dtype) -> None:
        load_native()
        self._native = dtype == torch.float32

    def dynamic(self, layer: DynamicConvolution, epilogue: Epilogue) -> nn.Module:
        """One native call a layer."""
        twin = AcceleratedConv3d if isinstance(layer, DynamicConv3d) else AcceleratedConv2d
        return twin(layer, epilogue)

    def takes_relu(self, conv: nn.Conv3d) -> bool:
        """None: the compiler joins it, also behind a shortcut."""
        return False

    def static(self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> nn.Module:
        """A native one where that is quicker."""
        twin = NativeConv3d if self._native and is_native(conv) else FixedConv3d
        return twin(conv, norm)

    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """A native one where that is quicker."""
        return NativeMaxPool3d(pool) if self._native and is_native(pool) else pool

    def finish(
        self, part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool
    ) -> Callable[..., Any]:
        """Compile what lies between the native layers."""
        if not compiled:
            return part.forward
        return compile_forward(part, post_grad_custom_post_pass=NativePass())
