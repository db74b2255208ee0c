"""One pass of an example: the parts of a model, their inputs, and what can be fused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from vared_mm.dynamic import DynamicConv2d, DynamicConv3d, DynamicConvolution, EagerBackend

from .as_made import has_plain_parts, is_as_made
from .block_links import Link, find_links, is_block_convolution
from .fusion import Fusible, find_fusible
from .static_convolution import is_static_convolution
from .trial import trial
from .watch import Watch


@dataclass(frozen=True)
class Part:
    """A network to accelerate.

    Args:
        module: the network.
        args: of its forward.
        kwargs: likewise.
        fusible: of each of its layers that can be accelerated.
        links: of convolutions of blocks whose result, with what is fused, goes to the next only.
    """

    module: nn.Module
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    fusible: Mapping[nn.Module, Fusible]
    links: Mapping[nn.Module, Link]


def run_example(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Part]:
    """The model as one part, or its backbone and neck, each with its own inputs.

    The model, the example and the random numbers are left as they were.
    """
    named = [getattr(model, name, None) for name in ('backbone', 'neck')]
    modules = [part for part in named if isinstance(part, nn.Module)] or [model]
    inputs: dict[nn.Module, tuple[tuple[Any, ...], dict[str, Any]]] = {}
    layers = {
        part: [m for m in part.modules() if _is_known(m) and m is not part] for part in modules
    }

    def note(part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        inputs[part] = _copy(args), _copy(kwargs)

    with trial(model) as before:
        handles = [part.register_forward_pre_hook(note, with_kwargs=True) for part in modules]
        args, kwargs = _copy(args), _copy(kwargs)
        try:
            with Watch(model) as watch:
                result = model(*args, **kwargs)  # noqa: F841  # what it holds is read
        finally:
            for handle in handles:
                handle.remove()
        parts = []
        for part, own_inputs in inputs.items():
            fixed = [layer for layer in layers[part] if before.is_unchanged(layer)]
            fusible = find_fusible(watch, part, fixed)
            parts.append(Part(part, *own_inputs, fusible, find_links(watch, fusible)))
    return parts


def _copy(inputs: Any) -> Any:
    return tree_map_only(Tensor, torch.clone, inputs)


def _is_known(layer: nn.Module) -> bool:
    return is_static_convolution(layer) or _is_dynamic(layer) or is_block_convolution(layer)


def _is_dynamic(layer: nn.Module) -> bool:
    """Whether it computes what a dynamic layer does, and so do its parts, but for its gate."""
    if not isinstance(layer, DynamicConvolution):
        return False
    if not is_as_made(layer, DynamicConv2d, DynamicConv3d) or not has_plain_parts(layer):
        return False
    return not layer.training and type(layer.backend) is EagerBackend
