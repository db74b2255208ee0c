"""What decides as one for each clip: a dynamic convolution, or a block of several."""

from abc import ABC
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from vared_mm.cost import Candidates

from .decision import Decision
from .override import Override

Gate = Callable[[Tensor], Decision]


class DynamicUnit(nn.Module, ABC):
    """A part of a network with one gate, whose decision says what each clip computes there.

    It leaves a record of each forward in ``record``, and passes it to its ``listeners``.
    """

    gate: Gate
    search: Candidates
    override: Override | None  # a decision in place of the gate's
    record: Any
    listeners: list[Callable[[Any], None]]

    def decide(self, x_NCTHW: Tensor, gate: Gate | None = None) -> Decision:
        """The decision about clips (N, C, T, H, W): the gate's, or that of an override.

        Args:
            x_NCTHW: the clips.
            gate: a quicker one that decides as the unit's own.
        """
        override = self.override
        if gate is None:
            gate = self.gate
        if override is None:
            return gate(x_NCTHW)
        decision = override.decide(x_NCTHW)
        if override.runs_gate:
            decision = replace(decision, gate_macs=gate(x_NCTHW).gate_macs)
        return decision
