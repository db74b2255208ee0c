"""Clips that choose differently, to tune kernels with."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import Decision, Override, dynamic_layers, overridden


class VariedGate:
    """Chooses each combination of one candidate an axis in turn, clip by clip, cheapest first.

    Shapes: those of a gate.

    Args:
        search: of the layer.
    """

    def __init__(self, search: SearchSpace) -> None:
        self.search = search

    def __call__(self, x_NCTHW: Tensor) -> Decision:
        """A decision for clips (N, C, T, H, W), whatever their values."""
        device = x_NCTHW.device
        clips = torch.arange(len(x_NCTHW), device=device)
        temporal, channel = self.search.temporal, self.search.channel
        return Decision(
            torch.eye(temporal, device=device).flip(0)[clips % temporal],
            torch.eye(channel, device=device).flip(0)[clips // temporal % channel],
            torch.zeros(len(clips), 2, dtype=torch.bool, device=device),
        )


@contextmanager
def varied_choice(model: nn.Module) -> Iterator[None]:
    """Within this context each dynamic layer follows a :class:`VariedGate`."""
    layers = dynamic_layers(model).values()
    with overridden(layers, lambda layer: Override(VariedGate(layer.search))):
        yield
