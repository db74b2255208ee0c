"""Executed cost of one dynamic convolution, from its gate's decision."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .geometry import ConvGeometry
from .macs import rebuild_macs
from .search_space import SearchSpace, kept_channels, kept_frames

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LayerCost:
    """Closed-form cost of one dynamic convolution.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.2, 3.3 and A.2, with the cheap operations counted
    for every candidate that is mixed in, and frames and channels rounded up as they are computed.

    Args:
        geometry: sizes of the convolution.
        search: the layer's candidates.
        rebuild_kernel: taps of a cheap operation's kernel, 9 for 3 x 3.
    """

    geometry: ConvGeometry
    search: SearchSpace
    rebuild_kernel: int = 9

    @property
    def channels(self) -> Ints:
        """Channels computed by each channel candidate, (S_c,)."""
        c_out, groups = self.geometry.outputs[0], self.geometry.groups
        return np.array(kept_channels(c_out, self.search.channel, groups), dtype=np.int64)

    @property
    def frames(self) -> Ints:
        """Frames computed by each temporal candidate, (S_t,)."""
        return np.array(kept_frames(self.geometry.outputs[1], self.search.temporal), dtype=np.int64)

    @property
    def dense(self) -> int:
        """MACs of the static convolution."""
        return self.geometry.macs()

    def conv(self, time_index: Ints, channel_index: Ints) -> Ints:
        """MACs of the convolution that starts at these candidates.

        Shapes: (N,), (N,) candidate indices -> (N,).
        """
        per_element = self.dense // int(np.prod(self.geometry.outputs))
        area = self.geometry.outputs[2] * self.geometry.outputs[3]
        return self.channels[channel_index] * self.frames[time_index] * (per_element * area)

    def cheap(self, time_active: Bools, channel_active: Bools) -> Ints:
        """MACs of the cheap operations that really run.

        Shapes: (N, S_t), (N, S_c) active candidates -> (N,).
        """
        c_out, t_out, height, width = self.geometry.outputs
        frames = self.frames[time_active.argmax(axis=1)]
        rebuilt_channels = channel_active @ (c_out - self.channels)
        rebuilt_frames = time_active @ (t_out - self.frames)
        elements = (rebuilt_channels * frames + rebuilt_frames * c_out) * (height * width)
        return np.asarray(rebuild_macs(elements, self.rebuild_kernel), dtype=np.int64)
