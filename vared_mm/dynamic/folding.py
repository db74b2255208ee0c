"""Convolutions of clips, run as 2-D ones wherever that computes the same thing.

In the channels-last layout of a clip, (N, C, T, H, W) stored as N T H W C, folding the frames
into the batch is a free view, and so is seeing a frame as one row. A 1 x k x k convolution is
then a 2-D one over N*T frames, a k x 1 x 1 one a 2-D one over (T, H*W). Both are about twice as
fast as the 3-D kernels of a CPU, and no slower on a GPU.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

Triple = tuple[int, int, int]


def fold_frames(x_NCTHW: Tensor) -> Tensor:
    """Clips (N, C, T, H, W) to frames (N*T, C, H, W), channels last; a view where it can be."""
    frames = x_NCTHW.transpose(1, 2).flatten(0, 1)
    return frames.contiguous(memory_format=torch.channels_last)


def unfold_frames(x_FCHW: Tensor, clips: int) -> Tensor:
    """Frames (N*T, C, H, W) back to clips (N, C, T, H, W), always a view."""
    return x_FCHW.unflatten(0, (clips, -1)).transpose(1, 2)


def convolve3d(
    x_NCTHW: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Triple,
    padding: Triple,
    dilation: Triple,
    groups: int,
) -> Tensor:
    """``torch.nn.functional.conv3d``, folded to 2-D where one kernel axis has length one.

    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), as of ``conv3d``.
    """
    kernel = weight.shape[2:]
    if kernel == (1, 1, 1) and padding == (0, 0, 0):
        # What a strided 1 x 1 x 1 kernel skips is left out first. oneDNN does the same inside, in
        # scratch memory that its backward pass has been seen to overrun in channels-last.
        x_NCTHW = x_NCTHW[:, :, :: stride[0], :: stride[1], :: stride[2]]
        stride = (1, 1, 1)
    if kernel[0] == 1 and padding[0] == 0:
        frames = fold_frames(x_NCTHW[:, :, :: stride[0]])
        flat = weight.squeeze(2)
        out = F.conv2d(frames, flat, bias, stride[1:], padding[1:], dilation[1:], groups)
        return unfold_frames(out, len(x_NCTHW))
    spatial_one = kernel[1:] == (1, 1) and stride[1:] == (1, 1) and padding[1:] == (0, 0)
    if spatial_one and x_NCTHW.is_contiguous(memory_format=torch.channels_last_3d):
        rows = x_NCTHW.flatten(3)
        one_axis = ((stride[0], 1), (padding[0], 0), (dilation[0], 1))
        out = F.conv2d(rows, weight.squeeze(4), bias, *one_axis, groups)
        return out.unflatten(3, x_NCTHW.shape[3:])
    return F.conv3d(x_NCTHW, weight, bias, stride, padding, dilation, groups)
