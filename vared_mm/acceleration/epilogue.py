"""What a network does to a layer's result before anything else."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Epilogue:
    """``y * scale + shift``, then maybe ReLU.

    Args:
        scale: (C,), float32.
        shift: (C,), float32.
        relu: whether values below zero become zero.
    """

    scale: Tensor
    shift: Tensor
    relu: bool

    @classmethod
    def of(cls, layer: nn.Conv2d | nn.Conv3d, norm: nn.Module | None, relu: bool) -> 'Epilogue':
        """Of the batch norm in evaluation mode that follows a layer, or none."""
        scale = layer.weight.new_ones(layer.out_channels, dtype=torch.float32)
        shift = torch.zeros_like(scale)
        if norm is None:
            return cls(scale, shift, relu)
        scale = (norm.running_var.float() + norm.eps).rsqrt()
        if norm.weight is not None:
            scale = scale * norm.weight.detach().float()
        shift = -norm.running_mean.float() * scale
        if norm.bias is not None:
            shift = shift + norm.bias.detach().float()
        return cls(scale.contiguous(), shift.contiguous(), relu)

    def apply(self, y_NCTHW: Tensor) -> Tensor:
        """What follows, by torch's operations, in the type of the clips."""
        shape = (-1, 1, 1, 1)
        y = y_NCTHW * self.scale.view(shape) + self.shift.view(shape)
        return (y.relu() if self.relu else y).to(y_NCTHW.dtype)
