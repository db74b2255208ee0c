"""Which layer of a model is the first whose output is not finite."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor, nn


def first_not_finite(model: nn.Module, inputs: Any, data_samples: Any) -> str:
    """Run a model's loss once more and name what first made something not finite of finite input.

    Normalization over processes takes its running statistics, as the others do not run.

    Args:
        model: that has just run.
        inputs, data_samples: of that call.
    """
    if not is_finite(inputs):
        return 'the input of the model'
    found: list[str] = []
    handles = []

    def watch(name: str, layer: nn.Module) -> None:
        def look(layer: nn.Module, args: Any, output: Any) -> None:
            if not found and is_finite(args) and not is_finite(output):
                weights = dict(layer.named_parameters(recurse=False))
                bad = [key for key, weight in weights.items() if not is_finite(weight)]
                reason = f' (its {", ".join(bad)} already is not)' if bad else ''
                found.append(f'the {_kind(output)} of {name}{reason}')

        handles.append(layer.register_forward_hook(look))

    synchronized = []
    for name, layer in model.named_modules():
        if name:
            watch(name, layer)
        if isinstance(layer, nn.SyncBatchNorm) and layer.training:
            synchronized.append(layer.eval())
    try:
        model.forward(inputs, data_samples, mode='loss')  # other hooks of the model do not run
    except (RuntimeError, ValueError) as error:  # what comes after may fail in any way
        found.append(f'what led to: {error}')
    finally:
        for handle in handles:
            handle.remove()
        for layer in synchronized:
            layer.train()
    return found[0] if found else 'the loss, of finite outputs'


def is_finite(value: Any) -> bool:
    """Whether every number of every tensor inside a value is; what holds no tensor is."""
    return all(bool(torch.isfinite(tensor).all()) for tensor in _tensors(value))


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value.detach()
    elif is_dataclass(value):
        yield from _tensors([getattr(value, field.name) for field in fields(value)])
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for part in value:
            yield from _tensors(part)


def _kind(output: Any) -> str:
    return 'decision' if is_dataclass(output) else 'output'
