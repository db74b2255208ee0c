"""Which modules of a network are a squeeze-and-excitation."""

from collections import Counter

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from vared_mm.dynamic.tracing import LayerCall, Operation, Trace

from .flow import spot_of

aten = torch.ops.aten

_POOLS = {aten.mean, aten._adaptive_avg_pool2d, aten._adaptive_avg_pool3d}
_VIEWS = {
    aten.view,
    aten._unsafe_view,
    aten.squeeze,
    aten.unsqueeze,
    aten.expand,
    aten.flatten,
    aten.clone,
    aten.permute,
    aten.transpose,
}
_PRODUCTS = {aten.convolution, aten.addmm, aten.mm, aten.linear, aten._convolution}


def find_squeezes(trace: Trace) -> set[nn.Module]:
    """Modules that scale each channel of their input by a number worked out from all its means.

    They are known by what they compute: averages over all positions, products, functions element
    by element, and the product of input and result.

    Args:
        trace: of all layers' calls.
    """
    inside: dict[nn.Module, list[LayerCall | Operation]] = {}
    for event in trace.events:
        for _, layer in event.within:
            inside.setdefault(layer, []).append(event)
    calls = Counter(call.layer for call in trace.calls)
    found = set()
    for call in trace.calls:  # the inner ones first
        inner = inside.get(call.layer, [])
        if calls[call.layer] > 1 or any(getattr(e, 'layer', None) in found for e in inner):
            continue
        if _is_squeeze(call, [event for event in inner if isinstance(event, Operation)]):
            found.add(call.layer)
    return found


def _is_squeeze(call: LayerCall, operations: list[Operation]) -> bool:
    same = call.inputs == call.outputs and len(call.inputs) in (4, 5)
    if not same or len(call.taken) != 1 or len(call.given) != 1:
        return False
    clips, result = spot_of(call.taken[0]), spot_of(call.given[0])
    small: set = set()  # what is worked out from the averages
    pooled, scaled = False, None
    for operation in operations:
        op = operation.func.overloadpacket
        spots = [spot_of(t) for t in tree_leaves(operation.args) if isinstance(t, Tensor)]
        given = next(t for t in tree_leaves(operation.result) if isinstance(t, Tensor))
        if clips in spots:
            if op in _POOLS and given.numel() == call.inputs[0] * call.inputs[1]:
                small.add(spot_of(given))
                pooled = True
            elif op in (aten.mul, aten.mul_) and set(spots) - {clips} <= small and scaled is None:
                scaled = spot_of(given)
            else:
                return False
        elif small.intersection(spots):
            alone = op in _VIEWS or op in _PRODUCTS or torch.Tag.pointwise in operation.func.tags
            if not alone or given.shape[0] != call.inputs[0]:
                return False
            small.add(spot_of(given))
        elif scaled in spots:
            return False
    return pooled and scaled == result
