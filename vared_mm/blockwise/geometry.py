"""Convolutions of a block, seen as convolutions of clips."""

import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.dynamic.folding import Triple, convolve3d, results_of

Convolution = nn.Conv2d | nn.Conv3d


def as_3d(conv: Convolution) -> tuple[Tensor, Triple, Triple, Triple]:
    """Weight, stride, padding and dilation; 2-D convolutions see one frame after the other.

    Padding other than by given numbers of zeros is left to :func:`pad_clips`.
    """
    plain = conv.padding_mode == 'zeros' and not isinstance(conv.padding, str)
    padding = conv.padding if plain else (0,) * len(conv.kernel_size)
    if isinstance(conv, nn.Conv3d):
        return conv.weight, conv.stride, padding, conv.dilation
    return conv.weight.unsqueeze(2), (1, *conv.stride), (0, *padding), (1, *conv.dilation)


def pad_clips(conv: Convolution, x_NCTHW: Tensor) -> Tensor:
    """Clips with the padding that is not left to the convolution itself."""
    if conv.padding_mode == 'zeros' and not isinstance(conv.padding, str):
        return x_NCTHW
    mode = 'constant' if conv.padding_mode == 'zeros' else conv.padding_mode
    two_d = (0,) * (2 * (3 - len(conv.kernel_size)))
    return F.pad(x_NCTHW, (*conv._reversed_padding_repeated_twice, *two_d), mode)


def frames_out(conv: Convolution, frames: int) -> int:
    """T_o of clips of T frames."""
    if isinstance(conv, nn.Conv2d):
        return frames
    _, stride, padding, dilation = as_3d(conv)
    pads = conv._reversed_padding_repeated_twice[-2:]
    if padding[0] == 0:
        frames += sum(pads)
    size, kernel = (frames, 1, 1), (conv.kernel_size[0], 1, 1)
    return results_of(size, kernel, stride, (padding[0], 0, 0), dilation)[0]


def looks_along_time(conv: Convolution) -> bool:
    """Whether a result depends on more than one frame, or not every frame has a result."""
    return isinstance(conv, nn.Conv3d) and (
        conv.kernel_size[0] > 1 or conv.stride[0] > 1 or frames_out(conv, 8) != 8
    )


def convolve(
    conv: Convolution, x_NCTHW: Tensor, inputs: int | None = None, outputs: int | None = None
) -> Tensor:
    """Convolve clips by a part of a convolution.

    Args:
        conv: dense or depthwise.
        x_NCTHW: clips with its padding, of the first ``inputs`` channels.
        inputs: channels of the input; None is all.
        outputs: channels of the result; None is all.
    """
    weight, stride, padding, dilation = as_3d(conv)
    weight = weight[:outputs, : None if conv.groups > 1 else inputs]
    bias = None if conv.bias is None else conv.bias[:outputs]
    groups = 1 if conv.groups == 1 else len(weight)
    return convolve3d(x_NCTHW, weight, bias, stride, padding, dilation, groups)
