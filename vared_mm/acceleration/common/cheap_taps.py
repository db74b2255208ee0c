"""Kernels of cheap operations as accelerated layers take them: channels side by side."""

from torch import Tensor


def taps_of(weight: Tensor) -> Tensor:
    """Kernels (..., C, 1, k, k) or (C, 1, k, k) to (..., k * k, C), float32."""
    flat = weight.detach().float().flatten(-2).squeeze(-2)
    return flat.transpose(-2, -1).contiguous()
