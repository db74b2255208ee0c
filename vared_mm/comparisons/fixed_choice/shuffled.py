"""Give each clip the choices of another clip."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from vared_mm.dynamic import Decision


class ReplayedGate:
    """Says for clip i of a data set what was decided about another, and what that cost.

    Args:
        decisions: about all clips of a data set, in its order.
        order: whose decision each clip gets, (N,).
    """

    def __init__(self, decisions: Decision, order: Tensor) -> None:
        self.decisions, self.order = decisions, order
        self.first = 0  #: number of the first clip of the batch that comes next

    def macs(self, pooled: int) -> int:
        """What the replayed decisions cost."""
        return self.decisions.gate_macs

    def __call__(self, x_NCTHW: Tensor) -> Decision:
        """The other clips' decisions for clips (N, C, T, H, W)."""
        chosen = self.order[self.first : self.first + len(x_NCTHW)]
        return self.decisions.of(chosen.to(self.decisions.temporal.device))


def shuffled_decisions(parts: Sequence[Decision], views: int, seed: int) -> ReplayedGate:
    """A gate that replays the decisions of a data set among its clips, all of them once.

    No clip keeps its own: the shuffled clips are one circle. The views of a clip stay together.

    Args:
        parts: decisions of one layer, batch by batch.
        views: of each clip, one after the other.
        seed: of the shuffling; the same for all layers gives a clip all of another's choices.

    Raises:
        ValueError: if the decisions are not of whole clips, or of fewer than two.
    """
    joined = replace(
        parts[0],
        **{
            n: torch.cat([getattr(p, n) for p in parts])
            for n in ('temporal', 'channel', 'fallback')
        },
        pattern=None,
    )
    clips, rest = divmod(len(joined), views)
    if rest or clips < 2:
        raise ValueError(f'{len(joined)} decisions of {views} view(s): nothing to shuffle')
    return ReplayedGate(joined, circle(clips, views, seed))


def circle(clips: int, views: int, seed: int) -> Tensor:
    """Numbers of the views whose decisions each view gets, (clips * views,)."""
    drawn = np.random.default_rng(seed).permutation(clips)
    donors = np.empty(clips, dtype=np.int64)
    donors[drawn] = np.roll(drawn, 1)
    return torch.from_numpy((donors[:, None] * views + np.arange(views)).ravel())
