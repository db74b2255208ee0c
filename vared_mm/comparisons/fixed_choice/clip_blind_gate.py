"""A gate that does not look at the clip."""

import torch
from torch import Tensor, nn

from vared_mm.cost import Candidates
from vared_mm.dynamic import Decision

from .choices import one_hot_choices


class ClipBlindGate(nn.Module):
    """Draw a choice for each clip by given frequencies; with one frequency of 1, fix it.

    What it draws from is kept in buffers, so checkpoints hold it. In training it draws by torch's
    own generator; in evaluation by one that begins anew at each ``eval()``, so that two tests draw
    alike. It costs nothing.

    Shapes: clips (N, C, T, H, W) -> :class:`Decision` with weights (N, S_t) and (N, S_c).

    Args:
        search: the layer's or block's candidates. There are K choices, of all axes together: the
            product of their numbers, the last axis fastest.
    """

    probability: Tensor
    temporal: Tensor
    channel: Tensor
    seed: Tensor

    def __init__(self, search: Candidates) -> None:
        super().__init__()
        temporal, channel = one_hot_choices(search)
        self.widths = search.axes[1:] if len(search.axes) > 2 else None
        self.register_buffer('probability', torch.eye(len(temporal))[0])
        self.register_buffer('temporal', temporal)
        self.register_buffer('channel', channel)
        self.register_buffer('seed', torch.tensor(0))
        self._generator: torch.Generator | None = None

    @torch.no_grad()
    def set_choices(
        self, probability: Tensor, temporal: Tensor, channel: Tensor, seed: int = 0
    ) -> None:
        """Say what to draw from.

        Args:
            probability: of each choice, (K,).
            temporal: V_t of each, (K, S_t).
            channel: V_c of each, (K, S_c); of a block's channel axes side by side.
            seed: of the draws in evaluation.

        Raises:
            ValueError: if no choice has a probability, or one that has lacks a weight above zero.
        """
        drawn = probability > 0
        alive = (temporal > 0).any(dim=1) & (channel > 0).any(dim=1)
        if not drawn.any() or not alive[drawn].all():
            raise ValueError('ClipBlindGate: a choice without a weight above 0, or none at all')
        self.probability.copy_(probability / probability.sum())
        self.temporal.copy_(temporal)
        self.channel.copy_(channel)
        self.seed.fill_(seed)

    def train(self, mode: bool = True) -> 'ClipBlindGate':
        """Begin the draws of evaluation anew."""
        self._generator = None
        return super().train(mode)

    def macs(self, pooled: int) -> int:
        """None, whatever the clip."""
        return 0

    def forward(self, x_NCTHW: Tensor) -> Decision:
        """Decide for each clip; see the class for shapes."""
        clips = len(x_NCTHW)
        drawn = torch.multinomial(self.probability, max(clips, 1), True, generator=self._draws())
        drawn = drawn[:clips]
        axes = 1 + len(self.widths or (1,))
        none = torch.zeros(clips, axes, dtype=torch.bool, device=x_NCTHW.device)
        return Decision(self.temporal[drawn], self.channel[drawn], none, widths=self.widths)

    def _draws(self) -> torch.Generator | None:
        if self.training:
            return None
        if self._generator is None:
            self._generator = torch.Generator(self.probability.device)
            self._generator.manual_seed(int(self.seed))
        return self._generator
