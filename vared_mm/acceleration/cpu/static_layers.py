"""Static convolutions and poolings as native operations."""

from math import prod

import torch
from mmcv.cnn.bricks.wrappers import MaxPool3d as WrappedMaxPool3d
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..common.as_made import is_as_made
from ..common.static_convolution import FixedConv3d, is_depthwise, is_static_convolution
from .library import has_wide_vectors, native_convolves


class NativeConv3d(FixedConv3d):
    """A convolution of float32 clips on a CPU; a compiler fuses what follows.

    See :class:`NativePass`.

    Source: Dukhan, The Indirect Convolution Algorithm (arXiv 1907.02129).
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        conv: to replace, one of :func:`is_native`.
        norm: behind it, in evaluation mode, with statistics; None where there is none.
    """

    def __init__(self, conv: nn.Conv3d, norm: _BatchNorm | None) -> None:
        super().__init__(conv, norm)
        packed = torch.ops.vared_mm_native.pack_weights(self.folded_weight, is_depthwise(conv))
        self.register_buffer('packed', packed, persistent=False)
        self.options = (conv.kernel_size, conv.stride, conv.padding, conv.out_channels)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        if not _is_native_input(input):
            return super().forward(input)
        post_ops = self.folded_bias, None, False
        return torch.ops.vared_mm_native.convolve(input, self.packed, *self.options, *post_ops)


class NativeMaxPool3d(nn.MaxPool3d):
    """``nn.MaxPool3d`` of float32 clips on a CPU.

    Shapes: (N, C, T, H, W) -> (N, C, T_o, H_o, W_o), channels last.

    Args:
        pool: to replace, one of :func:`is_native`.
    """

    def __init__(self, pool: nn.MaxPool3d) -> None:
        super().__init__(pool.kernel_size, pool.stride, pool.padding)
        self.options = [_triple(o) for o in (pool.kernel_size, pool.stride, pool.padding)]
        self.eval()

    def forward(self, input: Tensor) -> Tensor:
        """Take the maxima; see the class for shapes."""
        if not _is_native_input(input):
            return super().forward(input)
        return torch.ops.vared_mm_native.max_pool(input, *self.options)


def is_native(module: nn.Module) -> bool:
    """Whether there is a native layer for a module, and a quicker one.

    oneDNN is a few per cent quicker at dense kernels along both time and space.
    """
    if is_as_made(module, nn.MaxPool3d, WrappedMaxPool3d):
        plain = _triple(module.dilation) == (1, 1, 1) and not module.ceil_mode
        return plain and not module.return_indices and has_wide_vectors()
    if not is_static_convolution(module) or not native_convolves(module):
        return False
    return is_depthwise(module) or module.kernel_size[0] == 1 or prod(module.kernel_size[1:]) == 1


def _is_native_input(x: Tensor) -> bool:
    return x.dim() == 5 and x.dtype == torch.float32 and x.device.type == 'cpu'


def _triple(option: int | tuple[int, ...]) -> tuple[int, ...]:
    return (option,) * 3 if isinstance(option, int) else tuple(option)
