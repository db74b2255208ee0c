"""Fix the choice of every layer, for measuring and for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from .gate import ConstantGate
from .layers import dynamic_layers
from .override import Override, overridden


@contextmanager
def fixed_choice(model: nn.Module, temporal: int = 0, channel: int = 0) -> Iterator[None]:
    """Within this context every decision is: weight 1 for these candidates, 0 for the rest.

    Args:
        model: a model with dynamic layers.
        temporal: index of the temporal candidate, 0-based, clipped to what a layer has.
        channel: index of the channel candidate, likewise; in a block of each hidden tensor's.

    Raises:
        ValueError: if an index is negative.
    """
    if temporal < 0 or channel < 0:
        raise ValueError(f'fixed_choice(temporal={temporal}, channel={channel}): below 0')
    with overridden(
        dynamic_layers(model).values(),
        lambda layer: Override(ConstantGate.one_hot(layer.search, temporal, channel)),
    ):
        yield
