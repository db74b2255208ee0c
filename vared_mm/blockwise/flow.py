"""Where the results of a pass go: which step reads what another one writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from vared_mm.dynamic.tracing import LayerCall, Operation, Trace

Spot = tuple[int, int, tuple[int, ...], tuple[int, ...]]

#: Operations that take from a tensor its shape and type only.
_SHAPE_ONLY = ('empty_like', 'zeros_like', 'ones_like', 'full_like', 'rand_like', 'randn_like')


@dataclass(eq=False)
class Value:
    """A tensor, from one write to the next.

    Args:
        shape: of it.
        writer: the step that gives it; None of what was there before: inputs, weights, constants.
        readers: the steps that read it, in order.
        is_data: whether it depends on the network's input.
        is_output: whether the network returns it.
    """

    shape: tuple[int, ...]
    writer: 'Step | None' = None
    readers: list['Step'] = field(default_factory=list)
    is_data: bool = False
    is_output: bool = False


@dataclass(eq=False)
class Step:
    """One operation of a pass, or one call of a layer that counts as one.

    Args:
        index: its place in the pass.
        event: what ran.
        reads: the tensors that it reads.
        gives: its first result.
    """

    index: int
    event: LayerCall | Operation
    reads: list[Value]
    gives: Value

    @property
    def layer(self) -> nn.Module | None:
        """The layer that was called; None of an operation."""
        return self.event.layer if isinstance(self.event, LayerCall) else None

    @property
    def within(self) -> str:
        """Name of the layer that it is, or that it runs in."""
        return self.event.name if isinstance(self.event, LayerCall) else self.event.within[-1][0]

    @property
    def op(self) -> Any:
        """The operation of torch, without its overload; None of a layer."""
        return None if isinstance(self.event, LayerCall) else self.event.func.overloadpacket


def steps_of(trace: Trace, whole: Iterable[nn.Module]) -> list[Step]:
    """The steps of a pass in order.

    Args:
        trace: of all layers' calls, also the network's own.
        whole: layers that count as one step each.
    """
    flow, whole = _Flow(), set(whole)
    network = next(call for call in reversed(trace.calls) if not call.within)
    for tensor in trace.inputs:
        flow.value(tensor).is_data = True
    for event in trace.events:
        if any(layer in whole for _, layer in event.within):
            continue
        if isinstance(event, Operation):
            flow.add(event, tree_leaves((event.args, event.kwargs)), tree_leaves(event.result))
        elif event.layer in whole:
            flow.add(event, event.taken, event.given)
    for tensor in network.given:
        flow.value(tensor).is_output = True
    return flow.steps


class _Flow:
    """The steps so far, and the latest value at each place in memory."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._values: dict[int, dict[Spot, Value]] = {}  # by storage

    def value(self, tensor: Tensor) -> Value:
        """What a tensor holds now."""
        spot = spot_of(tensor)
        return self._values.setdefault(spot[0], {}).setdefault(spot, Value(spot[2]))

    def add(self, event: LayerCall | Operation, taken: Iterable[Any], given: Iterable[Any]) -> None:
        """Add a step."""
        results = [tensor for tensor in given if isinstance(tensor, Tensor)]
        if not results:
            return
        tensors = [tensor for tensor in taken if isinstance(tensor, Tensor)]
        if isinstance(event, Operation) and event.func.overloadpacket.__name__ in _SHAPE_ONLY:
            tensors = []
        reads = list(dict.fromkeys(map(self.value, tensors)))
        step = Step(len(self.steps), event, reads, Value(tuple(results[0].shape)))
        is_data = any(value.is_data for value in reads)
        for value in reads:
            value.readers.append(step)
        for i, tensor in enumerate(results):
            spot = spot_of(tensor)
            value = step.gives if i == 0 else Value(spot[2])
            value.writer, value.is_data = step, is_data
            at_storage = self._values.setdefault(spot[0], {})
            if isinstance(event, Operation) and _writes(event):
                at_storage.update(dict.fromkeys(at_storage, value))  # other views see it too
            at_storage[spot] = value
        self.steps.append(step)


def spot_of(tensor: Tensor) -> Spot:
    """Where a tensor of a trace lies; the trace keeps it alive, so nothing else is there later."""
    storage = tensor.untyped_storage()._cdata
    return storage, tensor.storage_offset(), tuple(tensor.shape), tuple(tensor.stride())


def _writes(operation: Operation) -> bool:
    """Whether it works in place."""
    arguments = operation.func._schema.arguments
    return any(a.alias_info is not None and a.alias_info.is_write for a in arguments)
