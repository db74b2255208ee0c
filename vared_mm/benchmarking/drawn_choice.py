"""Draw the choices of every layer at random, for measuring speed at a given cost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from scipy.optimize import brentq
from torch import Tensor, nn

from vared_mm.blockwise import DynamicBlock
from vared_mm.dynamic import Decision, DynamicUnit, Override, dynamic_layers, overridden

DRAWS = 4096  # for each layer and axis


class DrawnGate:
    """One candidate an axis, drawn at random for each clip.

    Drawn in advance, :data:`DRAWS` for each axis, and used in turn again and again, so that no
    time goes into drawing.

    Shapes: those of a gate; up to ``DRAWS`` clips at once.

    Args:
        axes: probability of each candidate of each axis, (S,), time first.
        generator: of the draws.
    """

    def __init__(self, axes: Sequence[Tensor], generator: torch.Generator) -> None:
        self.taken = 0
        self._parts: dict[tuple[int, torch.device], list[tuple[Tensor, ...]]] = {}
        self.drawn = [
            torch.eye(len(axis))[torch.multinomial(axis, DRAWS, True, generator=generator)]
            for axis in axes
        ]
        widths = tuple(map(len, axes[1:]))
        self._widths = widths if len(widths) > 1 else None

    def __call__(self, x_NCTHW: Tensor) -> Decision:
        """A drawn decision about clips (N, C, T, H, W)."""
        clips, device = len(x_NCTHW), x_NCTHW.device
        first = self.taken if self.taken + clips <= DRAWS else 0
        self.taken = first + clips
        if (clips, device) not in self._parts:  # cut up once: a slice takes as long as a small gate
            parts = [axis.to(device).split(clips) for axis in self.drawn]
            none = torch.zeros(clips, len(parts), dtype=torch.bool, device=device)
            self._parts[clips, device] = [
                (temporal, channel[0] if len(channel) == 1 else torch.cat(channel, dim=1), none)
                for temporal, *channel in zip(*parts, strict=True)
            ]
        return Decision(*self._parts[clips, device][first // clips], widths=self._widths)


@contextmanager
def drawn_choice(model: nn.Module, halved: float, seed: int = 0) -> Iterator[None]:
    """Within this context each layer takes, per clip and axis, all or half, drawn at random.

    Gates run, and their cost counts, but their decisions are not followed. A layer with both axes
    computes a mean part of ``(1 - halved / 2) ** 2`` of its convolution. A block, which has more
    axes, halves each with the probability that gives the same mean part of its convolutions.

    Args:
        model: a model with dynamic layers or blocks; one with blocks has run before.
        halved: probability that an axis of a layer is halved.
        seed: of the draws.

    Raises:
        ValueError: if ``halved`` is no probability, or a block has not run.
    """
    if not 0 <= halved <= 1:
        raise ValueError(f'halved={halved}: must be from 0 to 1')
    layer_halved = halved
    generator = torch.Generator().manual_seed(seed)

    def override_for(layer: DynamicUnit) -> Override:
        halved = layer_halved
        if isinstance(layer, DynamicBlock):
            halved = block_halved(layer, (1 - layer_halved / 2) ** 2)
        axes = [
            torch.tensor([1.0 - halved, halved, *[0.0] * (size - 2)]) if size > 1 else torch.ones(1)
            for size in layer.search.axes
        ]
        return Override(DrawnGate(axes, generator), runs_gate=True)

    with overridden(dynamic_layers(model).values(), override_for):
        yield


def block_halved(block: DynamicBlock, share: float) -> float:
    """The probability to halve each axis at which a block executes a mean part of its MACs.

    1 where even that executes more, as without an axis along time.

    Args:
        block: that has run.
        share: of the MACs of its convolutions.

    Raises:
        ValueError: if it has not run.
    """
    if block.record is None:
        raise ValueError('a block has not run: the sizes of its convolutions are not known')
    cost = block.record.cost

    def mean(halved: float) -> float:
        """Mean part that is executed; axes are drawn apart, so means multiply."""
        kept = [_mean(sizes, halved) for sizes in cost.kept]
        return sum(c.macs(_mean(c.frames, halved), kept) for c in cost.convs) / cost.dense

    if mean(1.0) >= share:
        return 1.0
    return float(brentq(lambda halved: mean(halved) - share, 0, 1))


def _mean(sizes: Sequence[int], halved: float) -> float:
    return (1 - halved) * sizes[0] + halved * sizes[min(1, len(sizes) - 1)]
