"""What a layer does with its sums before it hands them on."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_weights


@dataclass(frozen=True)
class PostOps:
    """Post-ops (oneDNN's term): ``relu(y * scale + shift + residual)``, and averages of that.

    The fields are the same, in this order, in C++ (``cpu/csrc/conv/post_ops.h``) and wherever
    operations and kernels take them. Where a kernel has no such post-op the field is left out:
    those of a GPU take scale, shift and relu.

    Args:
        scale: (C,), float32.
        shift: (C,), float32.
        residual: of the result's shape; None adds nothing.
        relu: whether values below zero become zero.
        means: whether the averages (N, T, C) of the result's frames are wanted too.
    """

    scale: Tensor
    shift: Tensor
    residual: Tensor | None = None
    relu: bool = False
    means: bool = False

    @classmethod
    def of(cls, layer: nn.Conv2d | nn.Conv3d, norm: _BatchNorm | None, relu: bool) -> 'PostOps':
        """Of a batch norm in evaluation mode, if there is one, and maybe a ReLU, behind a layer."""
        scale = layer.weight.new_ones(layer.out_channels, dtype=torch.float32)
        shift = torch.zeros_like(scale)
        if norm is not None:
            norms = norm.weight, norm.bias
            weight, bias = (None if n is None else n.detach().float() for n in norms)
            mean, variance = norm.running_mean.float(), norm.running_var.float()
            ones = scale[:, None]  # as a convolution's weight: one value for each channel
            folded = fuse_conv_bn_weights(ones, None, mean, variance, norm.eps, weight, bias)
            scale, shift = (values.detach().flatten() for values in folded)
        return cls(scale, shift, relu=relu)

    def apply(self, y_NCTHW: Tensor) -> Tensor:
        """Scale, shift and ReLU by torch's operations, in the type of the clips."""
        shape = (-1, 1, 1, 1)
        y = y_NCTHW * self.scale.view(shape) + self.shift.view(shape)
        return (y.relu() if self.relu else y).to(y_NCTHW.dtype)
