"""Layers that a compiler sees as one operation each, and does not look into."""

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import Tensor, library, nn

# A compiled graph holds numbers, not objects: each stands for a layer, as long as that lives.
_LAYERS: WeakValueDictionary[int, nn.Module] = WeakValueDictionary()
_LIBRARY = library.Library('vared_mm', 'FRAGMENT')


def hold(layer: nn.Module) -> int:
    """The handle of a layer: a number that stands for it in a compiled graph."""
    _LAYERS[id(layer)] = layer
    return id(layer)


def layer_of(handle: int) -> nn.Module:
    """The layer that a handle stands for."""
    return _LAYERS[handle]


def define(
    schema: str, compute: Callable[..., Any], result_like: Callable[..., Any], *devices: str
) -> None:
    """Register an operation of torch, in the namespace ``vared_mm``.

    Registered by parts: torch's ``custom_op`` would wrap each call in code for gradients.

    Args:
        schema: its name and its arguments; a layer is an ``int handle``.
        compute: the operation.
        result_like: gives uninitialised results for the same arguments, laid out likewise.
        *devices: that it runs on.
    """
    name = _LIBRARY.define(schema, tags=torch.Tag.needs_fixed_stride_order)
    for device in devices:
        _LIBRARY.impl(name, compute, device)
    library.register_fake(f'vared_mm::{name}', result_like, lib=_LIBRARY)


def _compute(x: Tensor, handle: int) -> Tensor:
    layer = layer_of(handle)
    return layer.backend.compute(layer, x)


def _result_like(x: Tensor, handle: int) -> Tensor:
    layer = layer_of(handle)
    return layer.backend.result_like(layer, x)


define('dynamic_convolution(Tensor x, int handle) -> Tensor', _compute, _result_like, 'CPU', 'CUDA')
