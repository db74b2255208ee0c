"""The least that each dynamic layer of a model can execute, without running it."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from torch import nn

from vared_mm.cost import LayerCost

from .convolution import DynamicConvolution
from .execution import costed_layers, leaves_cost
from .gate import ConstantGate
from .tracing import trace_batch


@dataclass(frozen=True)
class LeastCost:
    """The least that one dynamic layer costs for one clip, in MACs.

    Args:
        dense: of the static convolution.
        conv: least of the convolution, the thesis' count.
        executed: least of convolution, cheap operations and gate together, the full count; the
            choice that gives it may be another than that of ``conv``.
        gate: of the gate, part of every choice's full count.
    """

    dense: int
    conv: int
    executed: int
    gate: int


def least_cost(
    model: nn.Module, input_shape: tuple[int, ...], **kwargs: Any
) -> dict[str, LeastCost]:
    """Least cost of each dynamic layer or block of a model, over all decisions of its gate.

    In closed form, from one pass on the meta device. Any candidate in use beyond the first adds
    cheap operations only, so the least is among the choices of one candidate an axis.

    Args:
        model: any model; a static one has no layer here.
        input_shape: of the input of one clip, with its batch axis.
        **kwargs: further arguments of the model's forward.

    Raises:
        ValueError: if the model does not run on such an input.
    """
    traced = trace_batch(model, leaves_cost, input_shape, **kwargs)
    ran = {n: layer for n, layer in costed_layers(model).items() if traced.records[layer]}
    return {name: _least_cost(layer, traced.records[layer]) for name, layer in ran.items()}


def _least_cost(layer: nn.Module, record: Any) -> LeastCost:
    if not isinstance(layer, DynamicConvolution):
        return record.least_cost()  # a block, or a comparison's layer, knows its own
    gate, cost = layer.gate, record.cost
    spent = gate.macs(prod(cost.geometry.inputs))
    temporal, channel = _choices(cost, gate)
    conv = cost.conv(temporal.argmax(axis=1), channel.argmax(axis=1))
    executed = conv + cost.cheap(temporal, channel) + spent
    return LeastCost(cost.dense, int(conv.min()), int(executed.min()), spent)


def _choices(cost: LayerCost, gate: Any) -> tuple[np.ndarray, np.ndarray]:
    """Active candidates of the choices looked at, (P, S_t) and (P, S_c)."""
    if isinstance(gate, ConstantGate):
        return tuple(np.array([axis]) > 0 for axis in (gate.temporal, gate.channel))
    temporal, channel = (
        np.eye(size, dtype=bool) for size in (cost.search.temporal, cost.search.channel)
    )
    return np.repeat(temporal, len(channel), axis=0), np.tile(channel, (len(temporal), 1))
