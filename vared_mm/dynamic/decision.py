"""A gate's decision about the clips of a batch."""

from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor

Pattern = tuple[tuple[int, ...], ...]  # active candidates along time, along each channel axis


@dataclass(eq=False)
class Decision:
    """Weights of the candidates of one layer or block, for N clips.

    Args:
        temporal: V_t, (N, S_t), in [0, 1]; at least one is above zero in each row.
        channel: V_c, (N, S_c), likewise; of a block with several channel axes side by side.
        fallback: which clips had no weight above zero, along each axis, time first, (N, axes).
        gate_macs: what taking this decision cost, per clip.
        pattern: the active candidates, where they are known beforehand to be the same for all
            clips; spares the transfer to the host.
        widths: candidates of each channel axis of a block; None where there is one.
    """

    temporal: Tensor
    channel: Tensor
    fallback: Tensor
    gate_macs: int = 0
    pattern: Pattern | None = None
    widths: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.temporal)

    def __deepcopy__(self, memo: dict) -> 'Decision':
        """A copy without history, so that a model can be copied after a training step."""
        parts = (self.temporal, self.channel, self.fallback)
        copies = (part.detach().clone() for part in parts)
        return Decision(*copies, self.gate_macs, self.pattern, self.widths)

    @property
    def channels(self) -> tuple[Tensor, ...]:
        """V_c of each channel axis, (N, S)."""
        return self.channel.split(self.widths or (self.channel.shape[1],), dim=1)

    def active(self) -> Tensor:
        """Candidates with a weight, time first, (N, S_t + S_c) of bool; NaN is a weight."""
        return torch.cat([self.temporal, self.channel], dim=1).detach() != 0

    def patterns(self) -> list[Pattern]:
        """The active candidates of each clip, on the host: one transfer, or none."""
        if self.pattern is not None:
            return [self.pattern] * len(self)
        widths = (self.temporal.shape[1], *(self.widths or (self.channel.shape[1],)))
        ends = accumulate(widths)
        spans = [slice(end - width, end) for width, end in zip(widths, ends, strict=True)]
        rows = self.active().tolist()
        return [tuple(_indices(row[span]) for span in spans) for row in rows]

    def groups(self) -> dict[Pattern, list[int]]:
        """Indices of the clips that have the same active candidates."""
        found: dict[Pattern, list[int]] = {}
        for clip, pattern in enumerate(self.patterns()):
            found.setdefault(pattern, []).append(clip)
        return found

    def of(self, clips: Tensor) -> 'Decision':
        """The decision about some of the clips, by their indices."""
        parts = (self.temporal[clips], self.channel[clips], self.fallback[clips])
        return Decision(*parts, self.gate_macs, self.pattern, self.widths)


def _indices(row: list[bool]) -> tuple[int, ...]:
    return tuple(i for i, active in enumerate(row) if active)
