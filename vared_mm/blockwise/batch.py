"""The clips of a batch on their way through a block."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vared_mm.dynamic import Decision

Frames = tuple[int, ...]  # frames of a clip at some place of a block, by temporal candidate


@dataclass(frozen=True)
class Group:
    """Clips that are computed together.

    Args:
        clips: their indices; None where they are all of the batch.
        size: how many they are.
        time: temporal candidate.
        channels: candidate of each hidden tensor; in training all channels are computed.
    """

    clips: Tensor | None
    size: int
    time: int
    channels: tuple[int, ...]


class Batch:
    """Groups of clips, and how their tensors lie while they pass a block.

    Where all clips compute as many frames, a tensor in the block is (N, C, T, H, W), in the order
    of the batch. Else it has the frames of all clips in a row, (1, C, F, H, W), group by group: so
    norms see all frames that are computed, and no other.

    Args:
        decision: about the clips.
        training: whether to compute all channels.

    Raises:
        ValueError: if a clip has several temporal candidates.
    """

    def __init__(self, decision: Decision, training: bool) -> None:
        self.decision, self.training = decision, training
        groups: dict[tuple[int, ...], list[int]] = {}
        for pattern, clips in decision.groups().items():
            if len(pattern[0]) > 1:
                raise ValueError('a block takes one candidate along time, not a mix of several')
            first = [active[0] for active in pattern]
            if training:
                first[1:] = [0] * len(first[1:])
            groups.setdefault(tuple(first), []).extend(clips)
        if not groups:  # no clips, of whatever pattern
            groups = {(0,) * (1 + len(decision.channels)): []}
        device, alone = decision.temporal.device, len(groups) == 1
        self.groups = [
            Group(None if alone else torch.tensor(clips, device=device), len(clips), *key)
            for *key, clips in ((k[0], k[1:], c) for k, c in sorted(groups.items()))
        ]
        self.packed = len({group.time for group in self.groups}) > 1

    @property
    def rows(self) -> int:
        """First size of a tensor of clips within the block."""
        return 1 if self.packed else len(self.decision)

    def take(self, clips_NCTHW: Tensor, temporal: bool) -> list[Tensor]:
        """The clips of each group, of the block's input, with the frames that the group takes in.

        Args:
            clips_NCTHW: the input.
            temporal: whether frames are left out.
        """
        parts = [_some(clips_NCTHW, group) for group in self.groups]
        if not temporal:
            return parts
        return [
            part[:, :, :: 2**group.time] for part, group in zip(parts, self.groups, strict=True)
        ]

    def split(self, x_NCTHW: Tensor, frames: Frames) -> list[Tensor]:
        """The clips of each group, (n, C, t, H, W), of a tensor within the block."""
        if not self.packed:
            return [_some(x_NCTHW, group) for group in self.groups]
        sizes = [group.size * frames[group.time] for group in self.groups]
        return [
            part[0].unflatten(1, (group.size, -1)).transpose(0, 1)
            for part, group in zip(x_NCTHW.split(sizes, dim=2), self.groups, strict=True)
        ]

    def join(self, parts: Sequence[Tensor]) -> Tensor:
        """The opposite of :meth:`split`."""
        if self.packed:
            rows = [part.transpose(0, 1).flatten(1, 2) for part in parts]
            return torch.cat(rows, dim=1).unsqueeze(0)
        return self.restore(parts)

    def restore(self, parts: Sequence[Tensor]) -> Tensor:
        """Results of the groups, of as many frames each, in the order of the batch."""
        if len(parts) == 1:
            return parts[0]
        order = torch.cat([group.clips for group in self.groups])
        return torch.cat(list(parts))[order.argsort()]

    def weights(self, group: Group, values_NS: Tensor) -> Tensor:
        """Of the clips of a group."""
        return values_NS if group.clips is None else values_NS[group.clips]

    def along(self, values_NC: Tensor, frames: Frames) -> Tensor:
        """Values of clips and channels in a shape that scales a tensor within the block.

        Args:
            values_NC: the values.
            frames: of a clip, by temporal candidate.
        """
        if not self.packed:
            return values_NC[:, :, None, None, None]
        each = [
            self.weights(group, values_NC).repeat_interleave(frames[group.time], dim=0)
            for group in self.groups
        ]
        return torch.cat(each).T[None, :, :, None, None]


def _some(x_NCTHW: Tensor, group: Group) -> Tensor:
    return x_NCTHW if group.clips is None else x_NCTHW[group.clips]
