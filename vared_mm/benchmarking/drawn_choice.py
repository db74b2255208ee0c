"""Draw the choices of every layer at random, for measuring speed at a given cost."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from vared_mm.dynamic import Decision, DynamicConvolution, Override, dynamic_layers, overridden

DRAWS = 4096  # for each layer and axis


class DrawnGate:
    """One candidate an axis, drawn at random for each clip.

    Drawn in advance, :data:`DRAWS` for each axis, and used in turn again and again, so that no
    time goes into drawing.

    Shapes: those of a gate; up to ``DRAWS`` clips at once.

    Args:
        temporal: probability of each temporal candidate, (S_t,).
        channel: likewise, (S_c,).
        generator: of the draws.
    """

    def __init__(self, temporal: Tensor, channel: Tensor, generator: torch.Generator) -> None:
        self.taken = 0
        self._parts: dict[tuple[int, torch.device], list[tuple[Tensor, ...]]] = {}
        self.drawn = [
            torch.eye(len(axis))[torch.multinomial(axis, DRAWS, True, generator=generator)]
            for axis in (temporal, channel)
        ]

    def __call__(self, x_NCTHW: Tensor) -> Decision:
        """A drawn decision about clips (N, C, T, H, W)."""
        clips, device = len(x_NCTHW), x_NCTHW.device
        first = self.taken if self.taken + clips <= DRAWS else 0
        self.taken = first + clips
        if (clips, device) not in self._parts:  # cut up once: a slice takes as long as a small gate
            parts = [axis.to(device).split(clips) for axis in self.drawn]
            none = torch.zeros(clips, 2, dtype=torch.bool, device=device)
            self._parts[clips, device] = [(*weights, none) for weights in zip(*parts, strict=True)]
        return Decision(*self._parts[clips, device][first // clips])


@contextmanager
def drawn_choice(model: nn.Module, halved: float, seed: int = 0) -> Iterator[None]:
    """Within this context each layer takes, per clip and axis, all or half, drawn at random.

    Gates run, and their cost counts, but their decisions are not followed. A layer with both axes
    computes a mean part of ``(1 - halved / 2) ** 2`` of its convolution.

    Args:
        model: a model with dynamic layers.
        halved: probability that an axis is halved.
        seed: of the draws.

    Raises:
        ValueError: if ``halved`` is no probability.
    """
    if not 0 <= halved <= 1:
        raise ValueError(f'halved={halved}: must be from 0 to 1')
    generator = torch.Generator().manual_seed(seed)

    def override_for(layer: DynamicConvolution) -> Override:
        sizes = (layer.search.temporal, layer.search.channel)
        axes = [torch.tensor([1.0 - halved, halved, *[0.0] * (size - 2)]) for size in sizes]
        axes = [axis if size > 1 else torch.ones(1) for axis, size in zip(axes, sizes, strict=True)]
        return Override(DrawnGate(*axes, generator), runs_gate=True)

    with overridden(dynamic_layers(model).values(), override_for):
        yield
