"""Read what a dynamic model has executed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
from torch import nn

from vared_mm.cost import CostRecord

from .conversion import dynamic_layers
from .convolution import LayerRecord


def executed_cost(model: nn.Module) -> CostRecord:
    """What the clips of the last forward cost in each dynamic layer.

    Raises:
        ValueError: if the model has not run, or has no dynamic layer.
    """
    records = {n: layer.record for n, layer in dynamic_layers(model).items() if layer.record}
    if not records:
        raise ValueError('executed_cost: no dynamic layer has run')
    return _evaluate(records)


class CostRecorder:
    """Gathers the cost of every forward until it is taken, also of a batch run in pieces."""

    def __init__(self) -> None:
        self._calls: list[dict[str, LayerRecord]] = []

    def note(self, name: str, record: LayerRecord) -> None:
        """Add one layer's record; a layer that comes again begins the next forward."""
        if record.decision.temporal.is_meta:  # a count of MACs on the way executes nothing
            return
        if not self._calls or name in self._calls[-1]:
            self._calls.append({})
        self._calls[-1][name] = record

    def take(self) -> CostRecord | None:
        """The cost of the clips since the last call of this, in order; None if none has run."""
        calls, self._calls = self._calls, []
        if not calls:
            return None
        return CostRecord.concatenate([_evaluate(call) for call in calls])


@contextmanager
def recorded_cost(model: nn.Module) -> Iterator[CostRecorder]:
    """Within this context the recorder gathers what the model's dynamic layers execute."""
    recorder = CostRecorder()
    listened = {
        layer: partial(recorder.note, name) for name, layer in dynamic_layers(model).items()
    }
    for layer, listener in listened.items():
        layer.listeners.append(listener)
    try:
        yield recorder
    finally:
        for layer, listener in listened.items():
            layer.listeners.remove(listener)


def _evaluate(records: dict[str, LayerRecord]) -> CostRecord:
    columns = [_evaluate_layer(record) for record in records.values()]
    names = ('conv', 'cheap', 'gate', 'temporal', 'channel', 'time_share', 'channel_share')
    stacked = (np.stack(parts, axis=1) for parts in zip(*columns, strict=True))
    dense = np.array([record.cost.dense for record in records.values()], dtype=np.int64)
    return CostRecord(tuple(records), dense, **dict(zip(names, stacked, strict=True)))


def _evaluate_layer(record: LayerRecord) -> tuple[np.ndarray, ...]:
    decision, cost = record.decision, record.cost
    active = decision.active().cpu().numpy()
    temporal, channel = np.split(active, [cost.search.temporal], axis=1)
    first_t, first_c = temporal.argmax(axis=1), channel.argmax(axis=1)
    return (
        cost.conv(first_t, first_c),
        cost.cheap(temporal, channel),
        np.full(len(active), decision.gate_macs, dtype=np.int64),
        first_t,
        first_c,
        cost.frames[first_t] / cost.frames[0],
        cost.channels[first_c] / cost.channels[0],
    )
