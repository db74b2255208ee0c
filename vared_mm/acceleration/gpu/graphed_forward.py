"""A network's forward as one CUDA graph for each size of its input."""

import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from vared_mm.dynamic import Decision, LayerRecord
from vared_mm.dynamic.execution import leave_record
from vared_mm.dynamic.forced_gates import forced_gates

from .capture import capture
from .gate_kernel import read_decision
from .gpu_convolution import GpuConvolution

Forward = Callable[..., Any]

#: Graphs that are kept, each with the memory of a forward: of as many sizes as are compiled.
GRAPHS = 8


class GraphedForward:
    """Captures a forward for each size of its input, and replays it from then on.

    The graphs of the last eight sizes are kept.

    The host launches one graph instead of hundreds of kernels, and waits for none of them. What a
    replay decided is left in the layers' records as ever. Where a layer's choice is made on the
    host, by a gate that no kernel knows, or the network can't be captured, the forward just runs.

    Args:
        model: whose dynamic layers the forward calls, each once.
        forward: of tensors.
    """

    def __init__(self, model: nn.Module, forward: Forward) -> None:
        self._forward = forward
        self._dynamic = [m for m in model.modules() if isinstance(m, GpuConvolution)]
        self._graphs: OrderedDict[Hashable, _Graph | None] = OrderedDict()
        self._clips: dict[Hashable, list[Tensor]] = {}

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        """The forward's result."""
        tensors = all(isinstance(x, Tensor) for x in inputs) and not kwargs
        if not tensors or any(layer.waits for layer in self._dynamic):
            return self._forward(*inputs, **kwargs)
        foretold = [layer.foretell(clips) for layer, clips in self._clips_of(inputs)]
        key = (
            *((x.shape, x.stride(), x.dtype) for x in inputs),
            *(type(layer.forced or layer.gate) for layer in self._dynamic),
            *(layer.gate.threshold for layer in self._dynamic if layer.gpu_gate),
        )
        if key not in self._graphs:
            self._graphs[key] = self._capture(inputs, foretold)
            if len(self._graphs) > GRAPHS:
                self._graphs.popitem(last=False)
        self._graphs.move_to_end(key)
        graph = self._graphs[key]
        if graph is not None:
            return graph.run(inputs, foretold)
        with _told(self._dynamic, foretold):
            return self._forward(*inputs)

    def _clips_of(self, inputs: tuple[Tensor, ...]) -> list[tuple[GpuConvolution, Tensor]]:
        """Layers, as they are called, and as many clips as each decides about, of no size."""
        size = tuple(x.shape for x in inputs)
        if size not in self._clips:
            nothing_drawn = forced_gates(self._dynamic, lambda _layer: None)
            with nothing_drawn, _unnoted(self._dynamic) as called:
                self._forward(*inputs)
            self._dynamic = list(dict.fromkeys(called))
            counts = [len(layer.record.decision) for layer in self._dynamic]
            self._clips[size] = [inputs[0].new_empty(count, 0) for count in counts]
        return list(zip(self._dynamic, self._clips[size], strict=True))

    def _capture(
        self, inputs: tuple[Tensor, ...], foretold: list[Decision | None]
    ) -> '_Graph | None':
        try:
            return _Graph(self._forward, inputs, self._dynamic, foretold)
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
        layers: list[GpuConvolution],
        foretold: list[Decision | None],
    ) -> None:
        self._forward, self._layers = forward, layers
        self._inputs = [x.clone() for x in inputs]
        self._asked = [None if told is None else _copy(told) for told in foretold]
        self._records: list[LayerRecord] = []
        (self._result, self._said), self._replay = capture(self._run_once)
        self._sizes = [len(layer.said) for layer in self._deciding()]

    def _deciding(self) -> list[GpuConvolution]:
        """Layers that are not told what to say."""
        pairs = zip(self._layers, self._asked, strict=True)
        return [layer for layer, asked in pairs if asked is None]

    def _run_once(self) -> tuple[Any, Tensor | None]:
        """The forward, from and to fixed memory; what gates say, one after the other."""
        with _unnoted(self._layers), _told(self._layers, self._asked):
            result = self._forward(*self._inputs)
        self._records = [layer.record for layer in self._layers]
        said = [layer.said for layer in self._deciding()]
        return result, torch.cat(said) if said else None

    def run(self, inputs: tuple[Tensor, ...], foretold: list[Decision | None]) -> Any:
        """Replay on other inputs of the same size, with other decisions where they are foretold."""
        for old, new in zip(self._inputs, inputs, strict=True):
            old.copy_(new)
        to, weights = [], []
        for asked, told in zip(self._asked, foretold, strict=True):
            if asked is not None:
                to += [asked.temporal, asked.channel]
                weights += [told.temporal, told.channel]
        if to:
            torch._foreach_copy_(to, weights)  # of one type: by a few launches
        self._replay()
        self._leave_records(foretold)
        return tree_map_only(Tensor, Tensor.clone, self._result)

    def _leave_records(self, foretold: list[Decision | None]) -> None:
        # A copy: the next replay writes to the same place.
        said = iter(()) if self._said is None else self._split(self._said.clone())
        for layer, record, told in zip(self._layers, self._records, foretold, strict=True):
            macs = record.decision.gate_macs
            if told is None:
                decision = read_decision(*next(said), layer.search, macs)
            else:
                decision = replace(told, gate_macs=macs)
            leave_record(layer, LayerRecord(decision, record.cost))

    def _split(self, said: Tensor) -> Any:
        return zip(said.split(self._sizes), (said != 0).split(self._sizes), strict=True)


@contextmanager
def _unnoted(layers: list[GpuConvolution]) -> Iterator[list[GpuConvolution]]:
    """Within this context the layers' forwards are no use of the model, for anybody to note.

    Yields:
        A list that each layer adds itself to when it is called.
    """
    listeners = [layer.listeners for layer in layers]
    called: list[GpuConvolution] = []
    for layer in layers:
        layer.listeners = [partial(_add, called, layer)]
    try:
        yield called
    finally:
        for layer, noted in zip(layers, listeners, strict=True):
            layer.listeners = noted


def _add(called: list[GpuConvolution], layer: GpuConvolution, _record: LayerRecord) -> None:
    called.append(layer)


@contextmanager
def _told(layers: list[GpuConvolution], foretold: list[Decision | None]) -> Iterator[None]:
    """Within this context the layers say what was foretold, where it was."""
    for layer, told in zip(layers, foretold, strict=True):
        layer.asked = told
    try:
        yield
    finally:
        for layer in layers:
            layer.asked = None


def _copy(told: Decision) -> Decision:
    parts = {name: _own(getattr(told, name)) for name in ('temporal', 'channel', 'fallback')}
    return replace(told, **parts)


def _own(part: Tensor) -> Tensor:
    return part.clone(memory_format=torch.contiguous_format)
