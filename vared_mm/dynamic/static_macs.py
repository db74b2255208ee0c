"""MACs of a whole static model, by layer, counted as the thesis' tables are."""

import warnings
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.pooling import _AdaptiveAvgPoolNd

from vared_mm.cost import pool_macs

from .execution import leaves_cost
from .operation_macs import is_convolution, is_unknown, normalization_macs, product_macs
from .stand_in import original_of
from .tracing import LayerCall, Operation, trace_batch

_NORMS = (_NormBase, nn.LayerNorm, nn.GroupNorm)

Count = tuple[str, str, int]  # name, kind, MACs


@dataclass(frozen=True)
class StaticMacs:
    """Dense MACs of one clip: ``layers`` maps a layer's name to its kind and MACs.

    The kinds are ``'conv'``, ``'linear'``, ``'norm'``, ``'pool'``; ``'functional'`` for products
    that a module computes with functions, such as attention and einsum, whose name ends in
    ``.functional``; and ``'other'`` for a layer that counts itself, with all within it, by a
    method ``static_macs(input_shape, output_shape)``.
    """

    layers: dict[str, tuple[str, int]]

    def total(self, without: tuple[str, ...] = (), within: str = '') -> int:
        """Sum over the layers, less those of some kinds (X3D's tables leave out ``'norm'``).

        Args:
            without: kinds left out.
            within: only layers whose names begin so, such as ``'backbone.'``.
        """
        return sum(
            macs
            for name, (kind, macs) in self.layers.items()
            if kind not in without and name.startswith(within)
        )


def count_macs(model: nn.Module, input_shape: tuple[int, ...], **kwargs: Any) -> StaticMacs:
    """Count what a model computes for one input if every layer is computed in full.

    Convolutions, products of matrices and norms are counted as torch's dispatcher sees them, in
    whatever function or layer they run, once for each time that they run; average poolings to a
    fixed size by their layers. Activations, sums and products element by element count nothing.
    The gates and cheap operations of a dynamic model are not in it: see ``executed_cost``. The
    model stays as it is.

    Args:
        model: a static or dynamic model.
        input_shape: of the input with its batch axis, such as (1, 3, 16, 128, 128).
        **kwargs: further arguments of the model's forward.

    Raises:
        ValueError: if the model does not run on such an input.

    Warns:
        UserWarning: in one line, of operations that can't be counted, such as compiled ones of
            other packages.
    """
    layers: dict[str, tuple[str, int]] = {}
    unknown: dict[str, str] = {}
    traced = trace_batch(original_of(model), _is_counted, input_shape, **kwargs)
    for event in traced.events:
        if any(_counts_itself(layer) for _, layer in event.within):
            continue
        if isinstance(event, LayerCall):
            count: Count | None = _of_call(event)
        else:
            count = _of_operation(event)
            if count is None and is_unknown(event):
                unknown.setdefault(str(event.func.overloadpacket), event.within[-1][0])
        if count is not None:
            name, kind, macs = count
            layers[name] = (kind, layers.get(name, (kind, 0))[1] + macs)
    if unknown:
        parts = ', '.join(f'{op} (in {name or "the model"})' for op, name in unknown.items())
        warnings.warn(f'count_macs: not counted are {parts}', stacklevel=2)
    return StaticMacs(layers)


def _counts_itself(layer: nn.Module) -> bool:
    return callable(getattr(layer, 'static_macs', None))


def _is_counted(layer: nn.Module) -> bool:
    """Whether a layer is counted as one, not by its operations."""
    return isinstance(layer, _AdaptiveAvgPoolNd) or _counts_itself(layer)


def _of_call(call: LayerCall) -> Count:
    if _counts_itself(call.layer):
        return call.name, 'other', call.layer.static_macs(call.inputs, call.outputs)
    return call.name, 'pool', pool_macs(prod(call.inputs), prod(call.outputs))


def _of_operation(operation: Operation) -> Count | None:
    name, layer = operation.within[-1]
    within = f'{name}.' if name else ''
    convolves = is_convolution(operation)
    costed = [m for _, m in operation.within if isinstance(m, _ConvNd) and leaves_cost(m)]
    if costed and not (convolves and layer in costed):
        return None  # what decides is no part of the static layer
    if (macs := product_macs(operation)) is not None:
        if isinstance(layer, _ConvNd) and convolves:
            return name, 'conv', macs
        if isinstance(layer, nn.Linear) and not convolves:
            return name, 'linear', macs
        return f'{within}functional', 'functional', macs
    if (macs := normalization_macs(operation)) is not None:
        return (name if isinstance(layer, _NORMS) else f'{within}functional_norm'), 'norm', macs
    return None
