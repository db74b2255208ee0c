"""Layers that a compiler sees as one operation each."""

from abc import abstractmethod
from typing import Protocol
from weakref import WeakValueDictionary

import torch
from torch import Tensor, library


class OpaqueLayer(Protocol):
    """What a compiler does not look into."""

    @abstractmethod
    def compute(self, x: Tensor) -> Tensor:
        """The layer's result."""

    @abstractmethod
    def result_like(self, x: Tensor) -> Tensor:
        """An uninitialised result for an input, as :meth:`compute` lays it out."""


# A compiled graph holds numbers, not objects: these stand for the layers, each its own.
_LAYERS: WeakValueDictionary[int, OpaqueLayer] = WeakValueDictionary()


def hold(layer: OpaqueLayer) -> int:
    """A number that a compiled graph may mean a layer by, as long as the layer lives."""
    _LAYERS[id(layer)] = layer
    return id(layer)


def layer_of(handle: int) -> OpaqueLayer:
    """The layer that a compiled graph means by a number."""
    return _LAYERS[handle]


def call(x: Tensor, handle: int) -> Tensor:
    """A layer's result, as one operation."""
    return torch.ops.vared_mm.accelerated_convolution(x, handle)


def _compute(x: Tensor, handle: int) -> Tensor:
    return layer_of(handle).compute(x)


def _like(x: Tensor, handle: int) -> Tensor:
    return layer_of(handle).result_like(x)


# Registered by parts: torch's `custom_op` would wrap each call in code for gradients.
_LIBRARY = library.Library('vared_mm', 'FRAGMENT')
_NAME = _LIBRARY.define(
    'accelerated_convolution(Tensor x, int handle) -> Tensor',
    tags=torch.Tag.needs_fixed_stride_order,
)
for _device in ('CPU', 'CUDA'):
    _LIBRARY.impl(_NAME, _compute, _device)
library.register_fake(f'vared_mm::{_NAME}', _like, lib=_LIBRARY)
