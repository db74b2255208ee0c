"""The gate of a block."""

from math import atanh, log

import torch
import torch.nn.functional as F
from torch import Tensor

from vared_mm.cost import BlockSearchSpace
from vared_mm.dynamic import SoftModulationGate

STARTS = ('equal', 'static')

#: What the first candidate of an axis begins with where the network is to stay what it was.
FIRST = 0.9


class BlockGate(SoftModulationGate):
    """Weigh the channels of each hidden tensor of a block, and choose one temporal candidate.

    Channel axes are weighed as by :class:`SoftModulationGate`. Along time exactly one candidate
    has a weight, of 1: the likeliest by a softmax; in training one that is drawn by it
    (Gumbel-softmax, arXiv 1611.01144), with straight-through gradients. With a threshold, in
    evaluation, a clip whose likeliest candidate is not likelier than that takes the last.

    Shapes: clips (N, C, T, H, W) -> :class:`Decision` with weights (N, S_t) and (N, sum of S_c).
    Cost: :func:`vared_mm.cost.gate_macs`, per clip.

    Args:
        channels: C, of the block's input.
        frames: T, of the block's input.
        search: the block's candidates.
        hidden: D_h.
        temporal_bins: average the descriptor over time into that many bins; None keeps T.
        start: ``'equal'``: each candidate of an axis begins alike; ``'static'``: the first ones
            have nearly all weight, so that a trained network begins as what it was.

    Raises:
        ValueError: as of :class:`SoftModulationGate`; for another start.
    """

    def __init__(
        self,
        channels: int,
        frames: int,
        search: BlockSearchSpace,
        hidden: int = 16,
        temporal_bins: int | None = None,
        start: str = 'equal',
    ) -> None:
        if start not in STARTS:
            raise ValueError(f'start={start!r}: must be one of {STARTS}')
        self._first = None if start == 'equal' else FIRST
        super().__init__(channels, frames, search, hidden, temporal_bins)

    def reset_parameters(self) -> None:
        """Start as the class says."""
        super().reset_parameters()
        with torch.no_grad():
            self.beta.copy_(torch.tensor(self._starts()))

    def _starts(self) -> list[float]:
        """Logits of all axes for a clip like any other."""
        starts: list[float] = []
        for axis, size in enumerate(self.outputs):
            shares = [1 / size] * size if size else []
            if size and self._first is not None:
                shares = [self._first] + [(1 - self._first) / (size - 1)] * (size - 1)
            starts += [log(share) if axis == 0 else atanh(share) for share in shares]
        return starts

    def _weigh(self, axis: int, logits: Tensor) -> tuple[Tensor, Tensor]:
        """See :meth:`SoftModulationGate._weigh`."""
        if axis or logits.shape[1] == 0:
            return super()._weigh(axis, logits)
        chances = F.softmax(logits, dim=1)
        drawn = logits - _exponential(logits).log() if self.training else logits
        chosen = drawn.argmax(dim=1)
        last = logits.shape[1] - 1
        if self.threshold > 0 and not self.training:
            likeliest = chances.max(dim=1).values
            chosen = torch.where(likeliest > self.threshold, chosen, last)
        weights = F.one_hot(chosen, last + 1).to(chances.dtype)
        none = torch.zeros(len(logits), 1, dtype=torch.bool, device=logits.device)
        if chances.requires_grad:
            weights = weights + (chances - chances.detach())
        return weights, none


def _exponential(like: Tensor) -> Tensor:
    """Numbers whose negative logarithm is Gumbel noise."""
    return torch.empty_like(like).exponential_().clamp(min=torch.finfo(like.dtype).tiny)
