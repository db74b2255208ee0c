"""Executed cost of one block, from its gate's decision."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from .geometry import ConvGeometry
from .macs import rebuild_macs

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class HiddenConv:
    """One convolution of a block.

    Args:
        geometry: its sizes where nothing is left out.
        frames: of its result, by temporal candidate.
        reads: index of the hidden tensor that it reads; None where it reads none.
        writes: index of the hidden tensor that it writes, likewise. A depthwise convolution
            between two others reads and writes the same one.
    """

    geometry: ConvGeometry
    frames: tuple[int, ...]
    reads: int | None = None
    writes: int | None = None

    def macs(self, frames: Any, kept: Any) -> Any:
        """MACs where only some frames and channels are computed.

        Args:
            frames: T_o that is computed; numbers, or arrays or tensors (N,).
            kept: channels kept of each hidden tensor, likewise.
        """
        shape, rows = self.geometry, self.geometry.outputs[2] * self.geometry.outputs[3]
        taps, bias = prod(shape.kernel), int(shape.bias)
        outputs = shape.outputs[0] if self.writes is None else kept[self.writes]
        if shape.groups > 1:  # depthwise
            return outputs * frames * (rows * (taps + bias))
        inputs = shape.inputs[0] if self.reads is None else kept[self.reads]
        return outputs * frames * (inputs * (rows * taps) + rows * bias)


@dataclass(frozen=True)
class BlockCost:
    """Closed-form cost of one block's convolutions, gate left out.

    A convolution costs its kept outputs times its kept inputs, at the frames that it computes.
    Norms and activations between them, which shrink too, are not counted.

    Args:
        convs: its convolutions.
        kept: channels kept of each hidden tensor, by candidate.
        shares: of the block's frames that its temporal candidates take in.
        rebuilt: elements of the frames that each temporal candidate rebuilds.
        rebuild_kernel: taps of a cheap operation's kernel, 9 for 3 x 3.
    """

    convs: tuple[HiddenConv, ...]
    kept: tuple[tuple[int, ...], ...]
    shares: tuple[float, ...]
    rebuilt: tuple[int, ...]
    rebuild_kernel: int = 9

    @property
    def dense(self) -> int:
        """MACs where nothing is left out."""
        return sum(conv.geometry.macs() for conv in self.convs)

    def conv(self, time_index: Ints, channel_indices: Ints) -> Ints:
        """MACs of the convolutions that start at these candidates.

        Shapes: (N,), (N, H) candidate indices, H hidden tensors -> (N,).
        """
        kept = [np.array(k)[i] for k, i in zip(self.kept, channel_indices.T, strict=True)]
        macs = [conv.macs(np.array(conv.frames)[time_index], kept) for conv in self.convs]
        return np.asarray(np.sum(macs, axis=0), dtype=np.int64)

    def cheap(self, time_index: Ints) -> Ints:
        """MACs of the cheap operations that rebuild frames, (N,) -> (N,)."""
        return np.array([rebuild_macs(n, self.rebuild_kernel) for n in self.rebuilt])[time_index]
