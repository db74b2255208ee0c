"""Convolutions of clips, run as 2-D ones wherever that computes the same thing.

In the channels-last layout of a clip, (N, C, T, H, W) stored as N T H W C, folding the frames
into the batch is a free view, and so is seeing a frame as one row. A 1 x k x k convolution is
then a 2-D one over N*T frames, a k x 1 x 1 one a 2-D one over (T, H*W). Both are about twice as
fast as the 3-D kernels of a CPU, and no slower on a GPU.
"""

from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

Triple = tuple[int, int, int]


def fold_frames(x_NCTHW: Tensor) -> Tensor:
    """Clips (N, C, T, H, W) to frames (N*T, C, H, W), channels last; a view where it can be."""
    frames = x_NCTHW.transpose(1, 2).flatten(0, 1)
    return frames.contiguous(memory_format=torch.channels_last)


def unfold_frames(x_FCHW: Tensor, clips: int, frames: int = -1) -> Tensor:
    """Frames (N*T, C, H, W) back to clips (N, C, T, H, W), a view; without clips give T."""
    return x_FCHW.unflatten(0, (clips, frames)).transpose(1, 2)


def leave_out_skipped(
    x_NCTHW: Tensor, kernel: Sequence[int], stride: Triple, padding: Triple, dilation: Triple
) -> tuple[Tensor, Triple, Triple]:
    """Clips without what a kernel skips along axes where it is one pixel long, in the same layout.

    oneDNN does the same inside, in scratch memory that its backward pass has been seen to overrun
    in channels-last; and where such an axis is dilated, which means nothing, it has been seen to
    crash.

    Returns:
        The clips, and the stride and dilation that are left.
    """
    dilation = _triple(1 if k == 1 else d for k, d in zip(kernel, dilation, strict=True))
    skips = [k == 1 and p == 0 for k, p in zip(kernel, padding, strict=True)]
    step = _triple(s if skip else 1 for s, skip in zip(stride, skips, strict=True))
    if step == (1, 1, 1):
        return x_NCTHW, stride, dilation
    left = x_NCTHW[:, :, :: step[0], :: step[1], :: step[2]]
    if x_NCTHW.is_contiguous(memory_format=torch.channels_last_3d):
        left = left.contiguous(memory_format=torch.channels_last_3d)
    return left, _triple(s // f for s, f in zip(stride, step, strict=True)), dilation


def results_of(
    size: Sequence[int], kernel: Sequence[int], stride: Triple, padding: Triple, dilation: Triple
) -> Triple:
    """T_o, H_o and W_o of clips of a size T, H, W; below 1 if they are smaller than the kernel."""
    axes = zip(size, kernel, stride, padding, dilation, strict=True)
    return _triple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes)


def _is_doubtful(x_NCTHW: Tensor, kernel: Sequence[int], *options: Triple) -> bool:
    """Whether oneDNN may be wrong about a convolution: then it is computed in float32.

    With AMX it has been seen to be, in bfloat16, where a kernel of several pixels has a result of
    one along its last axis (pytorch/pytorch#169688, #163347), or of one frame.
    """
    if x_NCTHW.device.type != 'cpu' or _computed_in(x_NCTHW) not in (torch.bfloat16, torch.half):
        return False
    frames, _, columns = results_of(x_NCTHW.shape[2:], kernel, *options)
    return (kernel[0] > 1 and frames == 1) or (kernel[2] > 1 and columns == 1)


def _computed_in(x: Tensor) -> torch.dtype:
    """The type that a convolution of a tensor returns; autocast may change it."""
    kind = x.device.type
    if x.dtype == torch.float32 and torch.is_autocast_enabled(kind):
        return torch.get_autocast_dtype(kind)
    return x.dtype


def _triple(values: Iterable[int]) -> Triple:
    one, two, three = values
    return one, two, three


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
    if _is_doubtful(x_NCTHW, kernel, stride, padding, dilation):
        with torch.autocast('cpu', enabled=False):
            more = None if bias is None else bias.float()
            options = (stride, padding, dilation, groups)
            out = convolve3d(x_NCTHW.float(), weight.float(), more, *options)
        return out.to(_computed_in(x_NCTHW))
    x_NCTHW, stride, dilation = leave_out_skipped(x_NCTHW, kernel, stride, padding, dilation)
    if kernel[0] == 1 and padding[0] == 0:
        frames = fold_frames(x_NCTHW)
        flat = weight.squeeze(2)
        out = F.conv2d(frames, flat, bias, stride[1:], padding[1:], dilation[1:], groups)
        return unfold_frames(out, len(x_NCTHW), x_NCTHW.shape[2])
    spatial_one = kernel[1:] == (1, 1) and stride[1:] == (1, 1) and padding[1:] == (0, 0)
    if spatial_one and x_NCTHW.is_contiguous(memory_format=torch.channels_last_3d):
        rows = x_NCTHW.flatten(3)
        one_axis = ((stride[0], 1), (padding[0], 0), (dilation[0], 1))
        out = F.conv2d(rows, weight.squeeze(4), bias, *one_axis, groups)
        return out.unflatten(3, x_NCTHW.shape[3:])
    return F.conv3d(x_NCTHW, weight, bias, stride, padding, dilation, groups)
