"""Layers that are not dynamic, with fixed weights, and as native operations."""

from math import prod

import torch
import torch.nn.functional as F
from mmcv.cnn.bricks.wrappers import MaxPool3d as WrappedMaxPool3d
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_weights

from vared_mm.dynamic.folding import convolve3d
from vared_mm.models.layers import FoldedConv3d

from .as_made import is_as_made
from .native import has_wide_vectors, is_depthwise, is_padded_with_zeros, native_convolves


class FixedConv3d(nn.Conv3d):
    """A convolution of clips with fixed weights, that of a batch norm behind it folded in.

    Its parameters stay those of the convolution that it stands for.

    Source: none, an exact rewriting.
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), as of that convolution.

    Args:
        conv: to stand for, one of :func:`is_static_convolution`.
        norm: behind it, in evaluation mode, with statistics; None where there is none.
    """

    def __init__(self, conv: nn.Conv3d, norm: _BatchNorm | None) -> None:
        super().__init__(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,
            conv.stride,
            conv.padding,
            conv.dilation,
            conv.groups,
            bias=conv.bias is not None,
            device='meta',
        )
        self.weight, self.bias = conv.weight, conv.bias
        folded = conv.weight, conv.bias
        if norm is not None:
            statistics = norm.running_mean, norm.running_var, norm.eps
            folded = fuse_conv_bn_weights(*folded, *statistics, norm.weight, norm.bias)
        for name, tensor in zip(('folded_weight', 'folded_bias'), folded, strict=True):
            fixed = None if tensor is None else tensor.detach()
            self.register_buffer(name, fixed, persistent=False)
        self.eval()

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        options = (self.stride, self.padding, self.dilation, self.groups)
        convolve = convolve3d if input.dim() == 5 else F.conv3d  # one clip without a batch
        return convolve(input, self.folded_weight, self.folded_bias, *options)


class NativeConv3d(FixedConv3d):
    """A convolution of float32 clips on a CPU; a compiler lets it take in what follows.

    See :class:`NativePass`.

    Source: Dukhan, The Indirect Convolution Algorithm (arXiv 1907.02129).
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        conv: to stand for, one of :func:`is_native`.
        norm: behind it, in evaluation mode, with statistics; None where there is none.
    """

    def __init__(self, conv: nn.Conv3d, norm: _BatchNorm | None) -> None:
        super().__init__(conv, norm)
        packed = torch.ops.vared_mm_native.pack_weights(self.folded_weight, is_depthwise(conv))
        self.register_buffer('packed', packed, persistent=False)
        self.options = (conv.kernel_size, conv.stride, conv.padding, conv.out_channels, False)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        if not _is_native_input(input):
            return super().forward(input)
        return torch.ops.vared_mm_native.convolve(
            input, self.packed, self.folded_bias, None, *self.options
        )


class NativeMaxPool3d(nn.MaxPool3d):
    """``nn.MaxPool3d`` of float32 clips on a CPU.

    Shapes: (N, C, T, H, W) -> (N, C, T_o, H_o, W_o), channels last.

    Args:
        pool: to stand for, one of :func:`is_native`.
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


def is_static_convolution(module: nn.Module) -> bool:
    """Whether a module is a plain convolution of clips, padded with zeros."""
    return is_as_made(module, nn.Conv3d, FoldedConv3d) and is_padded_with_zeros(module)


def is_native(module: nn.Module) -> bool:
    """Whether there is a native twin, and a quicker one.

    oneDNN is some per cent quicker at dense kernels that reach along time and space at once.
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
