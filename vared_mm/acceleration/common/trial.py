"""Run a model and leave it as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from vared_mm.dynamic.snapshot import Snapshot


class Trial:
    """The state of a model, values of tensors included, to compare with and to restore.

    Args:
        model: any module tree.
    """

    def __init__(self, model: nn.Module) -> None:
        self._before = Snapshot(model)
        self._values = {t: t.clone() for module in model.modules() for t in _tensors_of(module)}

    def is_unchanged(self, layer: nn.Module) -> bool:
        """Whether a layer still has the tensors that it had, with their values."""
        tensors = [t for module in layer.modules() for t in _tensors_of(module)]
        return all(t in self._values and torch.equal(t, self._values[t]) for t in tensors)

    def undo(self) -> None:
        """Restore the state."""
        self._before.restore()
        for tensor, value in self._values.items():
            if not torch.equal(tensor, value):
                tensor.copy_(value)


@contextmanager
def trial(model: nn.Module) -> Iterator[Trial]:
    """Within this context a model runs without gradients; its state is restored afterwards."""
    with torch.no_grad():
        kept = Trial(model)
        try:
            yield kept
        finally:
            kept.undo()


def _tensors_of(module: nn.Module) -> list[Tensor]:
    """Its own, also those that are plain attributes."""
    held = [*vars(module).values(), *module._parameters.values(), *module._buffers.values()]
    return [value for value in held if isinstance(value, Tensor) and not value.is_meta]
