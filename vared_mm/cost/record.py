"""What the clips of a batch cost, layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CostRecord:
    """Executed MACs of N clips in L dynamic layers.

    Per clip, never a batch mean; the parts stay apart. The thesis' own count is ``conv`` alone.

    Args:
        layers: names of the layers, L.
        dense: MACs of the static layers, (L,).
        conv: MACs of the convolutions that ran, (N, L).
        cheap: MACs of the cheap operations that ran, (N, L).
        gate: MACs of the gates that ran, (N, L).
        temporal: index of the first temporal candidate in use, (N, L).
        channel: index of the first channel candidate in use, (N, L).
        time_share: frames computed / frames, (N, L).
        channel_share: channels computed / channels, (N, L).
    """

    layers: tuple[str, ...]
    dense: Ints
    conv: Ints
    cheap: Ints
    gate: Ints
    temporal: Ints
    channel: Ints
    time_share: npt.NDArray[np.float64]
    channel_share: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.conv)

    @property
    def executed(self) -> Ints:
        """MACs of each clip over all dynamic layers: conv + cheap + gate, (N,)."""
        return np.asarray((self.conv + self.cheap + self.gate).sum(axis=1))

    @property
    def share(self) -> npt.NDArray[np.float64]:
        """Executed / dense MACs of each clip, (N,); 1 where the model has no dynamic layer."""
        dense = int(self.dense.sum())
        return self.executed / dense if dense else np.ones(len(self))

    def mean_share(self, axis: str) -> npt.NDArray[np.float64]:
        """Share computed along ``'time'`` or ``'channel'``, weighted by dense MACs, (N,)."""
        shares = self.time_share if axis == 'time' else self.channel_share
        weights = self.dense / max(int(self.dense.sum()), 1)
        return np.asarray(shares @ weights)

    @staticmethod
    def concatenate(records: Sequence['CostRecord']) -> 'CostRecord':
        """One record of the clips of several forwards of one model.

        Raises:
            ValueError: if there is none, or if they are of different layers or sizes.
        """
        if not records:
            raise ValueError('no cost was recorded: the model has not run')
        first = records[0]
        for other in records[1:]:
            if other.layers != first.layers or not np.array_equal(other.dense, first.dense):
                raise ValueError('cost records of different models or input sizes do not join')
        per_clip = [field.name for field in fields(first) if field.name not in ('layers', 'dense')]
        joined = {name: np.concatenate([getattr(r, name) for r in records]) for name in per_clip}
        return CostRecord(layers=first.layers, dense=first.dense, **joined)
