"""A gate's decision about the clips of a batch."""

from dataclasses import dataclass

import torch
from torch import Tensor

Pattern = tuple[tuple[int, ...], tuple[int, ...]]  # active candidates along time, along channels


@dataclass(eq=False)
class Decision:
    """Weights of the candidates of one layer, for N clips.

    Args:
        temporal: V_t, (N, S_t), in [0, 1]; at least one is above zero in each row.
        channel: V_c, (N, S_c), likewise.
        fallback: which clips had no weight above zero, along time and along channels, (N, 2).
        gate_macs: what taking this decision cost, per clip.
        pattern: the active candidates, where they are known beforehand to be the same for all
            clips; spares the transfer to the host.
    """

    temporal: Tensor
    channel: Tensor
    fallback: Tensor
    gate_macs: int = 0
    pattern: Pattern | None = None

    def __len__(self) -> int:
        return len(self.temporal)

    def __deepcopy__(self, memo: dict) -> 'Decision':
        """A copy without history, so that a model can be copied after a training step."""
        parts = (self.temporal, self.channel, self.fallback)
        return Decision(*(p.detach().clone() for p in parts), self.gate_macs, self.pattern)

    def active(self) -> Tensor:
        """Candidates with a weight, time first, (N, S_t + S_c) of bool; NaN is a weight."""
        return torch.cat([self.temporal, self.channel], dim=1).detach() != 0

    def patterns(self) -> list[Pattern]:
        """The active candidates of each clip, on the host: one transfer, or none."""
        if self.pattern is not None:
            return [self.pattern] * len(self)
        split = self.temporal.shape[1]
        return [(_indices(row[:split]), _indices(row[split:])) for row in self.active().tolist()]

    def groups(self) -> dict[Pattern, list[int]]:
        """Indices of the clips that have the same active candidates."""
        found: dict[Pattern, list[int]] = {}
        for clip, pattern in enumerate(self.patterns()):
            found.setdefault(pattern, []).append(clip)
        return found

    def of(self, clips: Tensor) -> 'Decision':
        """The decision about some of the clips, by their indices."""
        parts = (self.temporal[clips], self.channel[clips], self.fallback[clips])
        return Decision(*parts, self.gate_macs, self.pattern)


def _indices(row: list[bool]) -> tuple[int, ...]:
    return tuple(i for i, active in enumerate(row) if active)
