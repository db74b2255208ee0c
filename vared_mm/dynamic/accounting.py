"""Read what a dynamic model has executed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
from torch import nn

from vared_mm.cost import CostRecord
from vared_mm.cost.record import PER_CLIP

from .execution import ExecutionRecord, costed_layers


def executed_cost(model: nn.Module) -> CostRecord:
    """What the clips of the last forward cost in each dynamic layer.

    Raises:
        ValueError: if the model has not run, or has no layer that leaves a cost.
    """
    records = {n: layer.record for n, layer in costed_layers(model).items() if layer.record}
    if not records:
        raise ValueError('executed_cost: no dynamic layer has run')
    return _evaluate(records)


class CostRecorder:
    """Gathers the cost of every forward until it is taken, also of a batch run in pieces."""

    def __init__(self) -> None:
        self._calls: list[dict[str, ExecutionRecord]] = []

    def note(self, name: str, record: ExecutionRecord) -> None:
        """Add one layer's record; a layer that comes again begins the next forward."""
        if record.is_meta:  # a count of MACs on the way executes nothing
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
    listened = {layer: partial(recorder.note, name) for name, layer in costed_layers(model).items()}
    for layer, listener in listened.items():
        layer.listeners.append(listener)
    try:
        yield recorder
    finally:
        for layer, listener in listened.items():
            layer.listeners.remove(listener)


def _evaluate(records: dict[str, ExecutionRecord]) -> CostRecord:
    columns = [record.execution() for record in records.values()]
    clips = {name: len(column.conv) for name, column in zip(records, columns, strict=True)}
    if len(set(clips.values())) > 1:
        seen = ', '.join(f'{name} saw {count}' for name, count in clips.items())
        raise ValueError(f'layers saw different numbers of clips: {seen}')
    dense = np.array([column.dense for column in columns], dtype=np.int64)
    stacked = {part: np.stack([getattr(c, part) for c in columns], axis=1) for part in PER_CLIP}
    return CostRecord(tuple(records), dense, **stacked)
