"""Lay tensors out channels-last, and let torch's layers be right with it."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd


def channels_last(x: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    """Images (N, C, H, W) or clips (N, C, T, H, W) in channels-last layout, in another type.

    Args:
        x: of any number of dimensions; others keep their layout.
        dtype: of floating-point tensors; None keeps theirs.
    """
    if dtype is None or not x.is_floating_point():
        dtype = x.dtype
    if x.dim() not in (4, 5):
        return x.to(dtype)
    layout = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    if x.shape[1] > 4 or x.is_contiguous(memory_format=layout):
        return x.to(dtype, memory_format=layout)
    # Few channels one by one: three times as fast as torch's own change of the layout.
    out = x.new_empty(len(x), *x.shape[2:], x.shape[1], dtype=dtype).movedim(-1, 1)
    for channel in range(x.shape[1]):
        out[:, channel] = x[:, channel]
    return out


def mend_for_channels_last(model: nn.Module) -> None:
    """Let layers of torch compute in channels-last layout what they compute in the usual one.

    oneDNN (torch 2.13) ends the process for some convolutions of clips that are dilated along an
    axis of one pixel, where dilation means nothing: it becomes 1. A group norm of torch loses
    digits where values are far from zero for their spread (1e-4 where the mean is ten times it):
    it gets its input in the usual layout.

    Args:
        model: is changed, but for what it computes.
    """
    for module in model.modules():
        if isinstance(module, _ConvNd):
            axes = zip(module.kernel_size, module.dilation, strict=True)
            module.dilation = tuple(d if k > 1 else 1 for k, d in axes)
        elif isinstance(module, nn.GroupNorm):
            module.register_forward_pre_hook(_in_usual_layout)


def _in_usual_layout(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_usual(x) if isinstance(x, Tensor) else x for x in inputs)


def _usual(x: Tensor) -> Tensor:
    # A tensor of one channel counts as contiguous in either layout; its strides tell torch which.
    return x.contiguous().flatten().view(x.shape)
