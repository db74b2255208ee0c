"""What the gates of a trained model choose, and how often."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from vared_mm.cost import Candidates
from vared_mm.dynamic import DecidedRecord, dynamic_layers

from .choices import one_hot_choices

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LayerChoices:
    """Choices of one layer or block, each the first candidates in use of all axes together.

    Args:
        search: the candidates.
        count: clips that made each choice, (K,), numbered as by :func:`one_hot_choices`.
        temporal: their mean V_t, (K, S_t); of a choice that no clip made, 1 for its candidate.
        channel: their mean V_c, (K, S_c), likewise.
        macs: executed with these weights, cheap operations too, without the gate, (K,).
    """

    search: Candidates
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
    kept: dict[str, list[DecidedRecord]] = {name: [] for name in layers}
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
        table.layers[name] = _layer_choices(layers[name].search, records)
        parts = [record.execution() for record in records]
        table.dense += records[0].dense
        executed.append(np.concatenate([p.conv + p.cheap + p.gate for p in parts]))
    table.macs = np.sum(executed, axis=0)


def _keep(records: list[DecidedRecord], record: DecidedRecord) -> None:
    if not record.is_meta:
        records.append(record)


def _layer_choices(search: Candidates, records: list[DecidedRecord]) -> LayerChoices:
    weights_t, weights_c = (
        torch.cat([getattr(r.decision, axis).detach().cpu().double() for r in records])
        for axis in ('temporal', 'channel')
    )
    temporal, channel = (weights.double() for weights in one_hot_choices(search))
    first = torch.zeros(len(weights_t), dtype=torch.long)
    for weights, size in zip(
        (weights_t, *weights_c.split(search.axes[1:], dim=1)), search.axes, strict=True
    ):
        first = first * size + _first(weights)
    count = torch.bincount(first, minlength=len(temporal))
    for choice in count.nonzero()[:, 0]:
        temporal[choice] = weights_t[first == choice].mean(dim=0)
        channel[choice] = weights_c[first == choice].mean(dim=0)
    chosen = replace(records[0].decision, temporal=temporal, channel=channel, pattern=None)
    run = replace(records[0], decision=chosen).execution()
    macs = run.conv + run.cheap
    return LayerChoices(search, count.numpy(), temporal.numpy(), channel.numpy(), macs)


def _first(weights: Tensor) -> Tensor:
    """Index of the first weight of each row that is not zero."""
    return (weights != 0).long().argmax(dim=1)
