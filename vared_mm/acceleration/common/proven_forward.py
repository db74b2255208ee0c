"""A forward whose first call with inputs of each size is watched, and checked."""

from collections.abc import Callable, Hashable, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten

from .fused import Fused
from .fusion import feeds_only
from .watch import Watch

Pair = tuple[nn.Module, nn.Module]


class ProvenForward:
    """The forward of a network with fused layers, without gradients.

    With inputs of another size a network may take another way, on which something else reads a
    layer's result. So the first call with each size is watched, and not compiled.

    Args:
        model: the network.
        plain: its forward.
        pairs: modules, and the module right behind each that was fused.

    Raises:
        RuntimeError: in a call, if something else reads the result of a layer there.
    """

    def __init__(self, model: nn.Module, plain: Callable[..., Any], pairs: Sequence[Pair]) -> None:
        self._model, self._plain, self._pairs = model, plain, pairs
        self.quick = plain
        self._proven: set[Hashable] = set()
        self._lock = Lock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The forward's result."""
        with torch.no_grad():
            if not self._pairs or _kind(args, kwargs) in self._proven:
                return self.quick(*args, **kwargs)
            return self.prove(*args, **kwargs)

    def prove(self, *args: Any, **kwargs: Any) -> Any:
        """The forward's result, watched."""
        with self._lock, _distinct([fused for _, fused in self._pairs if isinstance(fused, Fused)]):
            with Watch(self._model) as watch:
                result = self._plain(*args, **kwargs)
            for layer, fused in self._pairs:
                if not feeds_only(watch, layer, fused):
                    name = next(n for n, m in self._model.named_modules() if m is layer)
                    raise RuntimeError(
                        f'accelerate: with these inputs the result of {name!r} is used otherwise '
                        'than with the example; accelerate the model with such inputs'
                    )
        self._proven.add(_kind(args, kwargs))
        return result


@contextmanager
def _distinct(fused: Sequence[nn.Module]) -> Any:
    for module in fused:
        module.distinct = True
    try:
        yield
    finally:
        for module in fused:
            module.distinct = False


def _kind(args: tuple, kwargs: dict[str, Any]) -> Hashable:
    """What the way through a network may depend on: all but the values of tensors."""
    leaves, structure = tree_flatten((args, kwargs))
    return str(structure), *(_kind_of(leaf) for leaf in leaves)


def _kind_of(leaf: Any) -> Hashable:
    if isinstance(leaf, Tensor):
        return leaf.shape, leaf.dtype
    return leaf if isinstance(leaf, bool | int | float | str) or leaf is None else type(leaf)
