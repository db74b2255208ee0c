"""A convolution of clips, and the work to do for some, as the kernels of a GPU take them."""

from dataclasses import dataclass
from typing import Any

import torch
import triton
from torch import Tensor, nn

from vared_mm.dynamic.folding import Triple

from ..common.post_ops import PostOps
from ..common.static_convolution import is_depthwise, is_padded_with_zeros
from .tuning import unit_of


@dataclass(frozen=True)
class ClipConvolution:
    """Packed weights, and what else a kernel needs to know.

    Args:
        weight: (C_out, kt, kh, kw, C_in); of a depthwise one (kt, kh, kw, C).
        bias: (C_out,) or None.
        kept: channels that each candidate computes, (S_c,), int32.
        kernel: kt, kh, kw.
        stride: along time, height and width.
        padding: likewise, zeros on either side.
    """

    weight: Tensor
    bias: Tensor | None
    kept: Tensor
    kernel: Triple
    stride: Triple
    padding: Triple

    @property
    def taps(self) -> int:
        """Of the kernel."""
        return self.kernel[0] * self.kernel[1] * self.kernel[2]

    @property
    def depthwise(self) -> bool:
        """Whether each channel has its own kernel."""
        return self.weight.dim() == 4

    def result_size(self, clip: torch.Size) -> tuple[int, ...]:
        """(T_o, H_o, W_o) of a clip's (T, H, W)."""
        sizes = zip(clip, self.kernel, self.stride, self.padding, strict=True)
        return tuple((size + 2 * p - k) // s + 1 for size, k, s, p in sizes)


@dataclass(frozen=True)
class Work:
    """What a convolution's kernel computes: of which clips, to where, and how much.

    Args:
        clips: (N, T, H, W, C_in).
        conv: the convolution.
        part: (N, T_o, H_o, W_o, at least C_out), of one type with ``out``: for what is rebuilt
            from, frames side by side.
        out: (N, T_o, H_o, W_o, C_out): for what a clip computes in full and uses alone, with what
            follows the layer.
        temporal: V_t, (N, S_t), float32.
        channel: V_c, (N, S_c).
        post_ops: scale, shift and relu of these are applied.
    """

    clips: Tensor
    conv: ClipConvolution
    part: Tensor
    out: Tensor
    temporal: Tensor
    channel: Tensor
    post_ops: PostOps

    def pointers(self) -> tuple[Tensor | None, ...]:
        """What every kernel that convolves takes, beside the clips and the weight."""
        post_ops = self.post_ops
        axes = (self.temporal, self.channel)
        results = (self.part, self.out)
        return (self.conv.bias, post_ops.scale, post_ops.shift, *axes, self.conv.kept, *results)

    def arguments(self) -> tuple[Any, ...]:
        """The first arguments of every kernel that computes the addresses of pixels itself."""
        return (
            self.clips,
            self.conv.weight,
            *self.pointers(),
            *self.clips.shape,
            *self.out.shape[1:],
            self.part.shape[4],
            *self.conv.stride,
            *self.conv.padding,
            int(self.post_ops.relu),
        )

    def options(self) -> dict[str, Any]:
        """What every kernel that convolves is compiled for."""
        return {
            'S_T': self.temporal.shape[1],
            'S_C': self.channel.shape[1],
            'BIAS': self.conv.bias is not None,
        }

    def dense_options(self) -> dict[str, Any]:
        """What every kernel that multiplies matrices is compiled for."""
        return {
            **self.options(),
            'KH': self.conv.kernel[1],
            'KW': self.conv.kernel[2],
            'UNIT_OUT': unit_of(self.out.shape[4]),
            'CLIPS': max(32, triton.next_power_of_2(len(self.clips))),
            'PRECISION': 'tf32' if torch.backends.cudnn.allow_tf32 else 'ieee',
        }


def pack_weight(weight: Tensor, groups: int, dtype: torch.dtype) -> Tensor:
    """Weights (C_out, C_in / groups, kt, kh, kw) as :class:`ClipConvolution` has them."""
    weight = weight.detach().to(dtype)
    if groups > 1:
        return weight.squeeze(1).permute(1, 2, 3, 0).contiguous()
    return weight.permute(0, 2, 3, 4, 1).contiguous()


def is_known(conv: nn.Conv2d | nn.Conv3d) -> bool:
    """Whether the kernels compute a convolution: zero padding, no dilation, dense or depthwise."""
    plain = is_padded_with_zeros(conv) and set(conv.dilation) == {1}
    return plain and (conv.groups == 1 or is_depthwise(conv))
