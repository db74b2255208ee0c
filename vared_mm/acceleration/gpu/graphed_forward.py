"""A network's forward as one CUDA graph for each size of its input."""

import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from vared_mm.dynamic import (
    Decision,
    DynamicConvolution,
    LayerRecord,
    Override,
    dynamic_layers,
    leave_record,
    overridden,
)

from ..common.accelerated_backend import AcceleratedBackend
from .backend import override_of
from .capture import capture
from .gate import read_decision

Forward = Callable[..., Any]

#: Graphs that are kept, each with the memory of a forward: of as many sizes as are compiled.
GRAPHS = 8


class GraphedForward:
    """Captures a forward for each size of its input, and replays it from then on.

    The graphs of the last eight sizes are kept.

    The host launches one graph instead of hundreds of kernels, and waits for none of them. What a
    replay decided is left in the layers' records as usual; overridden decisions are copied to where
    the graph reads them. Where a gate that no kernel knows decides on the host, or the network
    can't be captured, the forward just runs.

    Args:
        model: whose dynamic layers the forward calls, each once.
        forward: of tensors.
    """

    def __init__(self, model: nn.Module, forward: Forward) -> None:
        self._forward = forward
        self._dynamic = [
            layer
            for layer in dynamic_layers(model).values()
            if isinstance(layer.backend, AcceleratedBackend)
        ]
        self._graphs: OrderedDict[Hashable, _Graph | None] = OrderedDict()
        self._clips: dict[Hashable, list[Tensor]] = {}

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        """The forward's result."""
        tensors = all(isinstance(x, Tensor) for x in inputs) and not kwargs
        if not tensors or any(layer.backend.waits(layer) for layer in self._dynamic):
            return self._forward(*inputs, **kwargs)
        pairs = self._clips_of(inputs)
        overrides = [override_of(layer) for layer, _ in pairs]
        decisions = [
            None if override is None else override.decide(clips)
            for override, (_, clips) in zip(overrides, pairs, strict=True)
        ]
        key = (
            *((x.shape, x.stride(), x.dtype) for x in inputs),
            *(None if override is None else override.runs_gate for override in overrides),
            *(layer.gate.threshold for layer in self._dynamic if layer.backend.gate),
        )
        if key not in self._graphs:
            self._graphs[key] = self._capture(inputs, decisions)
            if len(self._graphs) > GRAPHS:
                self._graphs.popitem(last=False)
        self._graphs.move_to_end(key)
        graph = self._graphs[key]
        if graph is not None:
            return graph.run(inputs, decisions)
        with _following(self._dynamic, decisions):
            return self._forward(*inputs)

    def _clips_of(self, inputs: tuple[Tensor, ...]) -> list[tuple[DynamicConvolution, Tensor]]:
        """Layers in the order of their calls, each with as many empty clips as it gets."""
        size = tuple(x.shape for x in inputs)
        if size not in self._clips:
            without_overrides = overridden(self._dynamic, lambda _layer: None)
            with without_overrides, _unnoted(self._dynamic) as called:
                self._forward(*inputs)
            self._dynamic = list(dict.fromkeys(called))
            counts = [len(layer.record.decision) for layer in self._dynamic]
            self._clips[size] = [inputs[0].new_empty(count, 0) for count in counts]
        return list(zip(self._dynamic, self._clips[size], strict=True))

    def _capture(
        self, inputs: tuple[Tensor, ...], decisions: list[Decision | None]
    ) -> '_Graph | None':
        try:
            return _Graph(self._forward, inputs, self._dynamic, decisions)
        except RuntimeError as error:  # the network itself waits for the device somewhere
            reason = str(error).partition('\n')[0]
            warnings.warn(f'accelerate: runs without a CUDA graph: {reason}', stacklevel=2)
            return None


class _Graph:
    """One captured forward: fixed memory that a replay reads from and writes to."""

    def __init__(
        self,
        forward: Forward,
        inputs: tuple[Tensor, ...],
        layers: list[DynamicConvolution],
        decisions: list[Decision | None],
    ) -> None:
        self._forward, self._layers = forward, layers
        self._inputs = [x.clone() for x in inputs]
        self._decisions = [None if given is None else _copy(given) for given in decisions]
        self._records: list[LayerRecord] = []
        (self._result, self._gate_outputs), self._replay = capture(self._run_once)
        self._sizes = [len(layer.backend.gate_output) for layer in self._deciding()]

    def _deciding(self) -> list[DynamicConvolution]:
        """Layers whose gates decide."""
        pairs = zip(self._layers, self._decisions, strict=True)
        return [layer for layer, given in pairs if given is None]

    def _run_once(self) -> tuple[Any, Tensor | None]:
        """The forward, from and to fixed memory; the outputs of gates, one after the other."""
        with _unnoted(self._layers), _following(self._layers, self._decisions):
            result = self._forward(*self._inputs)
        self._records = [layer.record for layer in self._layers]
        outputs = [layer.backend.gate_output for layer in self._deciding()]
        return result, torch.cat(outputs) if outputs else None

    def run(self, inputs: tuple[Tensor, ...], decisions: list[Decision | None]) -> Any:
        """Replay on other inputs of the same size, and other decisions where gates don't decide."""
        for old, new in zip(self._inputs, inputs, strict=True):
            old.copy_(new)
        to, weights = [], []
        for old, new in zip(self._decisions, decisions, strict=True):
            if old is not None:
                to += [old.temporal, old.channel]
                weights += [new.temporal, new.channel]
        if to:
            torch._foreach_copy_(to, weights)  # of one type: by a few launches
        self._replay()
        self._leave_records(decisions)
        return tree_map_only(Tensor, Tensor.clone, self._result)

    def _leave_records(self, decisions: list[Decision | None]) -> None:
        # A copy: the next replay writes to the same place.
        outputs = (
            iter(()) if self._gate_outputs is None else self._split(self._gate_outputs.clone())
        )
        for layer, record, decision in zip(self._layers, self._records, decisions, strict=True):
            macs = record.decision.gate_macs
            if decision is None:
                decision = read_decision(*next(outputs), layer.search, macs)
            else:
                decision = replace(decision, gate_macs=macs)
            leave_record(layer, LayerRecord(decision, record.cost))

    def _split(self, outputs: Tensor) -> Any:
        return zip(outputs.split(self._sizes), (outputs != 0).split(self._sizes), strict=True)


@contextmanager
def _unnoted(layers: list[DynamicConvolution]) -> Iterator[list[DynamicConvolution]]:
    """Within this context, forwards of the layers are not reported to their listeners.

    Yields:
        A list that each layer adds itself to when it is called.
    """
    listeners = [layer.listeners for layer in layers]
    called: list[DynamicConvolution] = []
    for layer in layers:
        layer.listeners = [partial(_add, called, layer)]
    try:
        yield called
    finally:
        for layer, noted in zip(layers, listeners, strict=True):
            layer.listeners = noted


def _add(called: list[DynamicConvolution], layer: DynamicConvolution, _record: LayerRecord) -> None:
    called.append(layer)


def _following(
    layers: list[DynamicConvolution], decisions: list[Decision | None]
) -> AbstractContextManager:
    """A context in which layers follow the decisions that are given, each in its own memory."""
    given = dict(zip(layers, decisions, strict=True))

    def override_for(layer: DynamicConvolution) -> Override | None:
        decision = given[layer]
        if decision is None:
            return None
        return replace(override_of(layer), decide=lambda _clips: decision)

    return overridden(layers, override_for)


def _copy(decision: Decision) -> Decision:
    parts = {name: _own(getattr(decision, name)) for name in ('temporal', 'channel', 'fallback')}
    return replace(decision, **parts)


def _own(part: Tensor) -> Tensor:
    return part.clone(memory_format=torch.contiguous_format)
