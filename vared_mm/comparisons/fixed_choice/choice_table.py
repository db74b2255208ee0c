"""What the gates of a trained model choose, and how often."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import Decision, LayerRecord, dynamic_layers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LayerChoices:
    """Choices of one layer, each the first candidates in use along time and channels together.

    Args:
        search: the layer's candidates.
        count: clips that made each choice, (K,), K = S_t * S_c, channels fastest.
        temporal: their mean V_t, (K, S_t); of a choice that no clip made, 1 for its candidate.
        channel: their mean V_c, (K, S_c), likewise.
        macs: executed with these weights, cheap operations too, without the gate, (K,).
    """

    search: SearchSpace
    count: Ints
    temporal: Floats
    channel: Floats
    macs: Ints


@dataclass
class ChoiceTable:
    """Choices of all dynamic layers, and what the clips executed in them, gates too.

    Args:
        layers: by name.
        dense: MACs of these layers computed in full.
        macs: of each clip, summed over the layers, (N,).
    """

    layers: dict[str, LayerChoices] = field(default_factory=dict)
    dense: int = 0
    macs: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@contextmanager
def choice_table(model: nn.Module) -> Iterator[ChoiceTable]:
    """Within this context the model's forwards are listened to; afterwards the table is filled.

    Raises:
        ValueError: at the end, if no dynamic layer has run.
    """
    table = ChoiceTable()
    layers = dynamic_layers(model)
    kept: dict[str, list[LayerRecord]] = {name: [] for name in layers}
    listeners = {name: partial(_keep, records) for name, records in kept.items()}
    for name, layer in layers.items():
        layer.listeners.append(listeners[name])
    try:
        yield table
    finally:
        for name, layer in layers.items():
            layer.listeners.remove(listeners[name])
    if not any(kept.values()):
        raise ValueError('choice_table: no dynamic layer has run')
    executed = []
    for name, records in kept.items():
        table.layers[name] = _layer_choices(records)
        parts = [record.execution() for record in records]
        table.dense += records[0].cost.dense
        executed.append(np.concatenate([p.conv + p.cheap + p.gate for p in parts]))
    table.macs = np.sum(executed, axis=0)


def _keep(records: list[LayerRecord], record: LayerRecord) -> None:
    if not record.is_meta:
        records.append(record)


def _layer_choices(records: list[LayerRecord]) -> LayerChoices:
    cost = records[0].cost
    weights_t, weights_c = (
        torch.cat([getattr(r.decision, axis).detach().cpu().double() for r in records])
        for axis in ('temporal', 'channel')
    )
    first = _first(weights_t) * cost.search.channel + _first(weights_c)
    pairs = [(t, c) for t in range(cost.search.temporal) for c in range(cost.search.channel)]
    temporal = torch.eye(cost.search.temporal, dtype=torch.float64)[[t for t, _ in pairs]]
    channel = torch.eye(cost.search.channel, dtype=torch.float64)[[c for _, c in pairs]]
    count = torch.bincount(first, minlength=len(pairs))
    for choice in count.nonzero()[:, 0]:
        temporal[choice] = weights_t[first == choice].mean(dim=0)
        channel[choice] = weights_c[first == choice].mean(dim=0)
    none = torch.zeros(len(pairs), 2, dtype=torch.bool)
    run = LayerRecord(Decision(temporal, channel, none), cost).execution()
    macs = run.conv + run.cheap
    return LayerChoices(cost.search, count.numpy(), temporal.numpy(), channel.numpy(), macs)


def _first(weights: Tensor) -> Tensor:
    """Index of the first weight of each row that is not zero."""
    return (weights != 0).long().argmax(dim=1)
