"""Layers that are not dynamic, as native operations."""

from math import prod

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from vared_mm.models.layers import FoldedConv3d

from .native import has_wide_vectors, is_depthwise, is_padded_with_zeros, native_convolves

Norm = nn.modules.batchnorm._BatchNorm


class NativeConv3d(nn.Module):
    """A convolution of float32 clips on a CPU; a compiler lets it take in what follows.

    See :class:`NativePass`.

    Source: Dukhan, The Indirect Convolution Algorithm (arXiv 1907.02129).
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        conv: to stand for, one of :func:`is_native`.
    """

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        weight = conv.weight.detach()
        packed = torch.ops.vared_mm_native.pack_weights(weight, is_depthwise(conv))
        self.register_buffer('packed', packed)
        self.register_buffer('bias', None if conv.bias is None else conv.bias.detach())
        self.options = (conv.kernel_size, conv.stride, conv.padding, conv.out_channels, False)

    def forward(self, x_NCTHW: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        return torch.ops.vared_mm_native.convolve(
            x_NCTHW, self.packed, self.bias, None, *self.options
        )


class NativeMaxPool3d(nn.Module):
    """``nn.MaxPool3d`` of float32 clips on a CPU.

    Shapes: (N, C, T, H, W) -> (N, C, T_o, H_o, W_o), channels last.

    Args:
        pool: to stand for, one of :func:`is_native`.
    """

    def __init__(self, pool: nn.MaxPool3d) -> None:
        super().__init__()
        self.options = [_triple(o) for o in (pool.kernel_size, pool.stride, pool.padding)]

    def forward(self, x_NCTHW: Tensor) -> Tensor:
        """Take the maxima; see the class for shapes."""
        return torch.ops.vared_mm_native.max_pool(x_NCTHW, *self.options)


def is_static_convolution(module: nn.Module) -> bool:
    """Whether a module is a plain convolution of clips, padded with zeros.

    One with hooks, such as a pruned one, is not: they would be lost.
    """
    if type(module) not in (nn.Conv3d, FoldedConv3d) or not is_padded_with_zeros(module):
        return False
    return not (module._forward_pre_hooks or module._forward_hooks)


def is_native(module: nn.Module) -> bool:
    """Whether there is a native twin, and a quicker one.

    oneDNN is some per cent quicker at dense kernels that reach along time and space at once.
    """
    if isinstance(module, nn.MaxPool3d):
        plain = _triple(module.dilation) == (1, 1, 1) and not module.ceil_mode
        return plain and not module.return_indices and has_wide_vectors()
    if not is_static_convolution(module) or not native_convolves(module):
        return False
    return is_depthwise(module) or module.kernel_size[0] == 1 or prod(module.kernel_size[1:]) == 1


def fold_norm(conv: nn.Conv3d, norm: Norm | None) -> FoldedConv3d:
    """Make of a convolution one that does what a batch norm in evaluation mode makes of its result.

    Args:
        conv: is changed, or a part of the result.
        norm: None where there is none.
    """
    conv.__class__ = FoldedConv3d
    return conv.eval() if norm is None else fuse_conv_bn_eval(conv.eval(), norm)


def _triple(option: int | tuple[int, ...]) -> tuple[int, ...]:
    return (option,) * 3 if isinstance(option, int) else tuple(option)
