"""Running a model that is to be as it was afterwards."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_TENSORS = ('_parameters', '_buffers')


class Trial:
    """The state of a model, to be compared with and to be put back.

    Args:
        model: whose tensors and attributes these are.
    """

    def __init__(self, model: nn.Module) -> None:
        self._attributes = {module: dict(vars(module)) for module in model.modules()}
        self._tensors = {
            module: {name: dict(vars(module)[name]) for name in _TENSORS}
            for module in self._attributes
        }
        self._values = {t: t.clone() for module in self._attributes for t in _tensors_of(module)}

    def is_unchanged(self, layer: nn.Module) -> bool:
        """Whether a layer still has the tensors that it had, with their values."""
        tensors = [t for module in layer.modules() for t in _tensors_of(module)]
        return all(t in self._values and torch.equal(t, self._values[t]) for t in tensors)

    def undo(self) -> None:
        """Put the state back."""
        for module, attributes in self._attributes.items():
            for name in set(vars(module)) - set(attributes):
                if not isinstance(getattr(type(module), name, None), cached_property):
                    del vars(module)[name]
            vars(module).update(attributes)
            for name, tensors in self._tensors[module].items():
                vars(module)[name].clear()
                vars(module)[name].update(tensors)
        for tensor, value in self._values.items():
            if not torch.equal(tensor, value):
                tensor.copy_(value)


@contextmanager
def trial(model: nn.Module) -> Iterator[Trial]:
    """Within this context a model runs without gradients; its state is put back afterwards."""
    with torch.no_grad():
        kept = Trial(model)
        try:
            yield kept
        finally:
            kept.undo()


@contextmanager
def same_random_numbers(model: nn.Module) -> Iterator[None]:
    """Random numbers that are drawn in this context are drawn again behind it."""
    state, numbers = random.getstate(), np.random.get_state()
    devices = {p.device for p in model.parameters() if p.device.type == 'cuda'}
    with torch.random.fork_rng(list(devices)):
        try:
            yield
        finally:
            random.setstate(state)
            np.random.set_state(numbers)


def _tensors_of(module: nn.Module) -> list[Tensor]:
    """Its own, also those that are plain attributes."""
    held: list[Any] = [*vars(module).values()]
    for name in _TENSORS:
        held += vars(module)[name].values()
    return [value for value in held if isinstance(value, Tensor) and not value.is_meta]
