"""Decisions in place of a gate's own, for measuring and for tests."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

from .decision import Decision


@dataclass(frozen=True)
class Override:
    """A decision that a layer follows in place of its gate's.

    Args:
        decide: the decision about clips (N, C, T, H, W). It may depend on their number and device,
            not on their values: a CUDA graph asks for it before it has the clips.
        runs_gate: whether the gate runs all the same, and its cost counts, though its decision is
            not followed. For timing.
    """

    decide: Callable[[Tensor], Decision]
    runs_gate: bool = False


@contextmanager
def overridden(
    layers: Iterable[nn.Module], override_for: Callable[[nn.Module], Override | None]
) -> Iterator[None]:
    """Within this context, the decisions of some layers are overridden.

    Args:
        layers: dynamic layers of a model.
        override_for: the override of a layer; None lets its gate decide.
    """
    layers = list(layers)
    before = [layer.override for layer in layers]
    for layer in layers:
        layer.override = override_for(layer)
    try:
        yield
    finally:
        for layer, override in zip(layers, before, strict=True):
            layer.override = override
