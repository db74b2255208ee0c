"""What one layer executed, in the form that every method's layers report."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LayerExecution:
    """MACs that one layer executed for N clips: one column of a :class:`CostRecord`.

    Args:
        dense: MACs of the layer computed in full.
        conv: MACs that ran, (N,).
        cheap: MACs of the cheap operations that ran, (N,).
        gate: MACs of what decides, (N,).
        time_index: first temporal candidate in use, (N,).
        channel_index: first channel candidate in use, (N,).
        time_share: frames computed / frames, (N,).
        channel_share: channels computed / channels, (N,).
    """

    dense: int
    conv: Ints
    cheap: Ints
    gate: Ints
    time_index: Ints
    channel_index: Ints
    time_share: Floats
    channel_share: Floats

    @classmethod
    def without_candidates(
        cls, dense: int, conv: Ints, gate: Any = 0, time_share: Any = 1.0, channel_share: Any = 1.0
    ) -> 'LayerExecution':
        """Of a layer that has no candidates and no cheap operations.

        Args:
            dense: MACs of the layer computed in full.
            conv: MACs that ran, (N,).
            gate: MACs of what decides, (N,) or one for all.
            time_share: share left along time, (N,) or one for all.
            channel_share: share left of the channels or weights, (N,) or one for all.
        """
        none = np.zeros(len(conv), dtype=np.int64)
        shares = (
            np.broadcast_to(np.asarray(share, dtype=np.float64), none.shape)
            for share in (time_share, channel_share)
        )
        return cls(dense, np.asarray(conv, dtype=np.int64), none, none + gate, none, none, *shares)
