"""Compute everything, and mix all candidates, for measuring what a dynamic model costs at most."""

from contextlib import AbstractContextManager

from torch import nn

from vared_mm.blockwise import DynamicBlock
from vared_mm.dynamic import ConstantGate, DynamicUnit, Override, dynamic_layers, overridden


def open_choice(model: nn.Module) -> AbstractContextManager:
    """Within this context nothing is left out, and every candidate has a weight.

    That is how the gates of layers start. Those of blocks, which run too, choose one candidate
    along time: here the first.

    Args:
        model: with the gates that it began with.
    """

    def override_for(unit: DynamicUnit) -> Override | None:
        if not isinstance(unit, DynamicBlock):
            return unit.override
        time, *channels = unit.search.axes
        first = tuple(float(i == 0) for i in range(time))
        gate = ConstantGate(first, *((1 / size,) * size for size in channels))
        return Override(gate, runs_gate=True)

    return overridden(dynamic_layers(model).values(), override_for)
