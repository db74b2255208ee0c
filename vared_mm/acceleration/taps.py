"""Kernels of the cheap operations as the native code reads them."""

import torch.nn.functional as F
from torch import Tensor


def taps(weight: Tensor) -> Tensor:
    """Kernels (..., C, 1, k, k) to (..., k * k, C), float32."""
    flat = weight.detach().float().flatten(-2).squeeze(-2)
    return flat.transpose(-2, -1).contiguous()


def channel_taps(weight: Tensor, kept: int) -> Tensor:
    """Kernels (C - K, 1, k, k) of a channel reconstruction from K channels, to (copies, k * k, K).

    Zeros where there is no channel.
    """
    copies = -(-len(weight) // kept)
    missing = kept * copies - len(weight)
    padded = F.pad(weight.detach(), (0, 0) * 3 + (0, missing))
    return taps(padded.unflatten(0, (kept, copies)).transpose(0, 1))
