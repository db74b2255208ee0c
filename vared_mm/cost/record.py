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
        time_index: first temporal candidate in use, (N, L).
        channel_index: first channel candidate in use, (N, L).
        time_share: frames computed / frames, (N, L).
        channel_share: channels computed / channels, (N, L).
    """

    layers: tuple[str, ...]
    dense: Ints
    conv: Ints
    cheap: Ints
    gate: Ints
    time_index: Ints
    channel_index: Ints
    time_share: npt.NDArray[np.float64]
    channel_share: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.conv)

    def __getitem__(self, clips: slice) -> 'CostRecord':
        """The record of some of the clips."""
        columns = {name: getattr(self, name)[clips] for name in PER_CLIP}
        return CostRecord(layers=self.layers, dense=self.dense, **columns)

    @property
    def layer_macs(self) -> Ints:
        """MACs that each clip executed in each layer: conv + cheap + gate, (N, L)."""
        return self.conv + self.cheap + self.gate

    @property
    def executed(self) -> Ints:
        """MACs of each clip over all dynamic layers, (N,)."""
        return np.asarray(self.layer_macs.sum(axis=1))

    def thesis_macs(self, static_macs: int) -> Ints:
        """MACs of a whole model, cheap operations and gates left out, (N,).

        Args:
            static_macs: of the model for one clip where nothing is left out.
        """
        return np.asarray(static_macs - int(self.dense.sum()) + self.conv.sum(axis=1))

    def full_macs(self, static_macs: int) -> Ints:
        """MACs of a whole model with all that runs, (N,); see :meth:`thesis_macs`."""
        return np.asarray(self.thesis_macs(static_macs) + (self.cheap + self.gate).sum(axis=1))

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
        joined = {name: np.concatenate([getattr(r, name) for r in records]) for name in PER_CLIP}
        return CostRecord(layers=first.layers, dense=first.dense, **joined)


#: Names of the fields that have a row a clip.
PER_CLIP = tuple(
    field.name for field in fields(CostRecord) if field.name not in ('layers', 'dense')
)
