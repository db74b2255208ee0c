"""The least that each dynamic layer of a model can execute, without running it."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from torch import nn

from vared_mm.cost import LayerCost

from .convolution import DynamicConvolution
from .dense_pass import dense_calls
from .gate import ConstantGate
from .tracing import LayerCall


@dataclass(frozen=True)
class LayerReach:
    """Bounds of one dynamic layer's cost for one clip, in MACs.

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
) -> dict[str, LayerReach]:
    """Least cost of each dynamic layer of a model, over all that its gate can say.

    In closed form, from one pass on the meta device. Any candidate in use beyond the first adds
    cheap operations only, so the least is among the choices of one candidate an axis.

    Args:
        model: any model; a static one has no layer here.
        input_shape: of the input of one clip, with its batch axis.
        **kwargs: further arguments of the model's forward.

    Raises:
        ValueError: if the model does not run on such an input.
    """
    with dense_calls(model, _leaves_cost, input_shape, **kwargs) as calls:
        return {call.name: _reach(call) for call in calls}


def _leaves_cost(layer: nn.Module) -> bool:
    return hasattr(layer, 'record')


def _reach(call: LayerCall) -> LayerReach:
    if not isinstance(call.layer, DynamicConvolution):
        return call.layer.record.reach()  # a comparison's layer knows its own
    gate, cost = call.layer.gate, call.layer.record.cost
    spent = gate.macs(prod(call.inputs))
    temporal, channel = _choices(cost, gate)
    conv = cost.conv(temporal.argmax(axis=1), channel.argmax(axis=1))
    executed = conv + cost.cheap(temporal, channel) + spent
    return LayerReach(cost.dense, int(conv.min()), int(executed.min()), spent)


def _choices(cost: LayerCost, gate: Any) -> tuple[np.ndarray, np.ndarray]:
    """Active candidates of the choices looked at, (P, S_t) and (P, S_c)."""
    if isinstance(gate, ConstantGate):
        return tuple(np.array([axis]) > 0 for axis in (gate.temporal, gate.channel))
    temporal, channel = (
        np.eye(size, dtype=bool) for size in (cost.search.temporal, cost.search.channel)
    )
    return np.repeat(temporal, len(channel), axis=0), np.tile(channel, (len(temporal), 1))
