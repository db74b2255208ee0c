"""A pass through a model on the meta device, every dynamic layer computed in full."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from .execution import costed_layers
from .fixed_choice import fixed_choice
from .tracing import LayerCall, trace_calls


@contextmanager
def dense_calls(
    model: nn.Module,
    wanted: Callable[[nn.Module], bool],
    input_shape: tuple[int, ...],
    **kwargs: Any,
) -> Iterator[list[LayerCall]]:
    """The calls of the wanted layers; their records are of this pass within the context only.

    Args:
        model: a static or dynamic model.
        wanted: which layers to list.
        input_shape: of the model's input, with its batch axis.
        **kwargs: further arguments of its forward.

    Raises:
        ValueError: if the model does not run on such an input.
    """
    layers = costed_layers(model).values()
    before = [layer.record for layer in layers]
    dtype = next((p.dtype for p in model.parameters()), None)
    clip = torch.empty(*input_shape, dtype=dtype, device='meta')
    try:
        with fixed_choice(model, 0, 0):
            calls = trace_calls(model, wanted, clip, **kwargs)
        yield calls
    finally:
        for layer, record in zip(layers, before, strict=True):
            layer.record = record
