"""Weights (taps) of the cheap operations that reconstruct frames and channels, for kernels.

Channels lie side by side, as in a channels-last tensor.
"""

from torch import Tensor


def taps_of(weight: Tensor) -> Tensor:
    """Kernels (..., C, 1, k, k) or (C, 1, k, k) to (..., k * k, C), float32."""
    flat = weight.detach().float().flatten(-2).squeeze(-2)
    return flat.transpose(-2, -1).contiguous()
