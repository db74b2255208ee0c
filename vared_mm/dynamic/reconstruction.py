"""Cheap linear operations: rebuild what was not computed from what was.

They have no norm and no activation, so that a mix of candidates in training and the same mix of
only those that run at inference are one and the same.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _check_kernel(kernel_size: int) -> None:
    if kernel_size not in (1, 3):
        raise ValueError(f'cheap operation with kernel_size={kernel_size}: must be 1 or 3')


class ChannelReconstruction(nn.Module):
    """Rebuild the channels that were not computed from those that were.

    Source: VA-RED2 (arXiv 2102.07887), Sec. 3.1. Differs: none; where the sizes are odd, each
    computed map yields as many rebuilt ones as there is room for.
    Shapes: computed frames (F, K, H, W) -> rebuilt frames (F, C - K, H, W).
    Cost: kernel_size^2 MACs per rebuilt element, none per computed one.

    Args:
        channels: C, of the full result.
        kept: K, channels that are computed.
        kernel_size: 3, or 1 for a scale per channel.

    Raises:
        ValueError: if no channel would be computed or rebuilt, or for another kernel size.
    """

    def __init__(self, channels: int, kept: int, kernel_size: int = 3) -> None:
        super().__init__()
        _check_kernel(kernel_size)
        if not 0 < kept < channels:
            raise ValueError(f'cannot rebuild {channels} channels from {kept}')
        self.kept = kept
        self.copies = -(-(channels - kept) // kept)
        self.weight = nn.Parameter(torch.empty(channels - kept, 1, kernel_size, kernel_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Random kernels that keep the scale of what they are applied to."""
        nn.init.normal_(self.weight, std=1 / self.weight.shape[-1])

    def forward(self, frames_FKHW: Tensor) -> Tensor:
        """Rebuild; see the class for shapes."""
        rebuilt = len(self.weight)
        sources = frames_FKHW
        if rebuilt != self.kept * self.copies:  # the last maps have fewer rebuilt ones
            index = torch.arange(rebuilt, device=frames_FKHW.device) // self.copies
            sources = frames_FKHW[:, index]
        return F.conv2d(
            sources, self.weight, padding=self.weight.shape[-1] // 2, groups=sources.shape[1]
        )


class TemporalReconstruction(nn.Module):
    """Rebuild the frames that were not computed from the computed frame before each.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1. Differs: one operation per offset, shared over
    time; starts as a copy of the frame.
    Shapes: computed frames (F, C, H, W) -> the frames ``offset`` after them, (F, C, H, W).
    Cost: kernel_size^2 MACs per rebuilt element, none per computed one.

    Args:
        channels: C.
        factor: R, one frame in R is computed.
        kernel_size: 3, or 1 for a scale per channel.

    Raises:
        ValueError: if no frame would be rebuilt, or for another kernel size.
    """

    def __init__(self, channels: int, factor: int, kernel_size: int = 3) -> None:
        super().__init__()
        _check_kernel(kernel_size)
        if factor < 2:
            raise ValueError(f'cannot rebuild frames at a stride of {factor}')
        self.factor = factor
        self.weight = nn.Parameter(torch.empty(factor - 1, channels, 1, kernel_size, kernel_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """The identity: a copied frame."""
        nn.init.zeros_(self.weight)
        centre = self.weight.shape[-1] // 2
        with torch.no_grad():
            self.weight[..., centre, centre] = 1

    def forward(self, frames_FCHW: Tensor, offset: int) -> Tensor:
        """Rebuild the frames ``offset`` (1 to R - 1) after those given."""
        kernel = self.weight[offset - 1]
        return F.conv2d(frames_FCHW, kernel, padding=kernel.shape[-1] // 2, groups=len(kernel))
