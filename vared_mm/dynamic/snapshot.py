"""The state of a model, so that whatever happens to it can be undone."""

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn


class Snapshot:
    """Classes, attributes, modes, children and hooks of a model's modules, to be restored.

    It copies no tensor: what is written into a weight or buffer stays. Lists, dicts, sets and
    deques among the attributes, also within each other, get the items back that they had.

    Args:
        model: any module tree.
    """

    def __init__(self, model: nn.Module) -> None:
        self._modules = [(m, type(m), m.training, dict(vars(m))) for m in model.modules()]
        self._trained = [(p, p.requires_grad) for p in model.parameters()]
        self._containers: dict[int, tuple[Any, Any]] = {}
        for *_, attributes in self._modules:
            for value in attributes.values():
                self._keep(value)

    def restore(self) -> None:
        """Make the model what it was."""
        for module, cls, training, attributes in self._modules:
            if type(module) is not cls:
                module.__class__ = cls
            if not _same(vars(module).items(), attributes.items()):
                vars(module).clear()
                vars(module).update(attributes)
            if module.training != training:  # a scripted module's is no attribute
                module.training = training
        for container, items in self._containers.values():
            _refill(container, items)
        for parameter, trained in self._trained:
            if parameter.requires_grad != trained:
                parameter.requires_grad_(trained)

    def _keep(self, value: Any) -> None:
        if isinstance(value, tuple):
            inner = list(value)
        elif id(value) in self._containers or not isinstance(value, dict | list | set | deque):
            return
        else:
            # Read past a config's own methods, which build what they return.
            items = list(dict.items(value)) if isinstance(value, dict) else list(value)
            self._containers[id(value)] = value, items
            inner = [v for _, v in items] if isinstance(value, dict) else items
        for part in inner:
            self._keep(part)


@contextmanager
def unchanged(model: nn.Module) -> Iterator[None]:
    """At this context's end, undo what was done to a model, and what was drawn at random."""
    before = Snapshot(model)
    with same_random_numbers(model):
        try:
            yield
        finally:
            before.restore()


@contextmanager
def same_random_numbers(model: nn.Module) -> Iterator[None]:
    """Random numbers that are drawn within this context are drawn again after it."""
    state, numbers = random.getstate(), np.random.get_state()
    devices = {p.device for p in model.parameters() if p.device.type == 'cuda'}
    with torch.random.fork_rng(list(devices)):
        try:
            yield
        finally:
            random.setstate(state)
            np.random.set_state(numbers)


def _refill(container: Any, items: list[Any]) -> None:
    if isinstance(container, dict):
        if not _same(dict.items(container), items):
            container.clear()
            container.update(items)
    elif isinstance(container, set):
        if container != set(items):
            container.clear()
            container.update(items)
    elif len(container) != len(items) or any(
        a is not b for a, b in zip(container, items, strict=True)
    ):
        container.clear()
        container.extend(items)


def _same(one: Any, other: Any) -> bool:
    """Whether two dicts' items are the same objects in the same order."""
    return len(one) == len(other) and all(
        a == c and b is d for (a, b), (c, d) in zip(one, other, strict=True)
    )
