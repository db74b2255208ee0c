"""Accelerated layers on a CPU."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.blockwise.convolution import BlockBackend
from vared_mm.blockwise.squeeze_within import SqueezeWithin
from vared_mm.dynamic import Backend, DynamicConvolution

from ..common.compiled import compile_forward
from ..common.post_ops import PostOps
from ..common.static_convolution import FixedConv3d
from .backend import NativeBackend
from .between import Between
from .block_backend import CpuBlockBackend
from .block_squeeze import accelerate_squeeze
from .library import load_native, native_convolves
from .native_pass import NativePass
from .onednn_backend import OneDnnBackend
from .static_layers import NativeConv3d, NativeMaxPool3d, is_native


class CpuAccelerator:
    """See :class:`vared_mm.acceleration.common.accelerator.Accelerator`.

    Args:
        dtype: to compute in.
        cast: whether layers are cast to it; else each computes in the type of its own weight.

    Raises:
        RuntimeError: if there is no compiler that can build the native code.
    """

    def __init__(self, dtype: torch.dtype, cast: bool) -> None:
        load_native()
        self._float = dtype == torch.float32
        self._cast_to = dtype if cast else None

    def dynamic(self, layer: DynamicConvolution, post_ops: PostOps) -> Backend:
        """One native call a layer where that is quicker, else oneDNN."""
        backend = NativeBackend if native_convolves(layer, self._cast_to) else OneDnnBackend
        return backend(layer, post_ops)

    def block(
        self,
        conv: nn.Module,
        post_ops: PostOps,
        between: Sequence[nn.Module] | None,
        gives_parts: bool,
    ) -> BlockBackend:
        """By oneDNN, with weights packed for each candidate."""
        before = None if between is None else Between(between)
        return CpuBlockBackend(conv, conv.place, post_ops, before, gives_parts)

    def squeeze(self, module: nn.Module, within: SqueezeWithin) -> None:
        """As one operation."""
        accelerate_squeeze(module, within)

    def fuses_relu(self, conv: nn.Conv3d) -> bool:
        """Never: the compiler fuses it, also behind a residual."""
        return False

    def static(self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> nn.Module:
        """A native convolution where that is quicker."""
        fast = NativeConv3d if self._float and is_native(conv) else FixedConv3d
        return fast(conv, norm)

    def pool(self, pool: nn.MaxPool3d) -> nn.Module:
        """A native pooling where that is quicker."""
        return NativeMaxPool3d(pool) if self._float and is_native(pool) else pool

    def forward_of(
        self, part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool
    ) -> Callable[..., Any]:
        """Compile what lies between the native layers."""
        if not compiled:
            return part.forward
        return compile_forward(part, post_grad_custom_post_pass=NativePass())
