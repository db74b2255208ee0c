"""A convolution of clips as the kernels of a GPU take it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vared_mm.dynamic.folding import Triple


@dataclass(frozen=True)
class ClipConvolution:
    """Weights, packed, and what else a kernel has to know.

    Args:
        weight: (C_out, kt, kh, kw, C_in); of a depthwise one (kt, kh, kw, C).
        bias: (C_out,) or None.
        scale: (C_out,), of the norm that follows.
        shift: likewise.
        kept: channels that each candidate computes, (S_c,), int32.
        kernel: kt, kh, kw.
        stride: along time, height and width.
        padding: likewise, zeros on either side.
    """

    weight: Tensor
    bias: Tensor | None
    scale: Tensor
    shift: Tensor
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


def pack_weight(weight: Tensor, groups: int, dtype: torch.dtype) -> Tensor:
    """Weights (C_out, C_in / groups, kt, kh, kw) as :class:`ClipConvolution` has them."""
    weight = weight.detach().to(dtype)
    if groups > 1:
        return weight.squeeze(1).permute(1, 2, 3, 0).contiguous()
    return weight.permute(0, 2, 3, 4, 1).contiguous()


def is_known(conv: nn.Conv2d | nn.Conv3d) -> bool:
    """Whether the kernels compute a convolution: zeros for padding, no dilation, no few groups."""
    plain = conv.padding_mode == 'zeros' and not isinstance(conv.padding, str)
    depthwise = conv.in_channels == conv.groups == conv.out_channels
    return plain and set(conv.dilation) == {1} and (conv.groups == 1 or depthwise)
