"""Let others speak for the gates of some layers."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from .convolution import DynamicConvolution, Gate


@contextmanager
def forced_gates(
    layers: Iterable[DynamicConvolution], gate_for: Callable[[DynamicConvolution], Gate | None]
) -> Iterator[None]:
    """Within this context the decisions of layers are those of other gates.

    Args:
        layers: of a model.
        gate_for: what speaks for a layer's gate; None lets it speak itself.
    """
    layers = list(layers)
    before = [layer.forced for layer in layers]
    for layer in layers:
        layer.forced = gate_for(layer)
    try:
        yield
    finally:
        for layer, forced in zip(layers, before, strict=True):
            layer.forced = forced
