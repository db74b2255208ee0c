"""Change the class of a model's layers in place."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from .snapshot import Snapshot

_PLAIN = frozenset(vars(nn.Conv3d(1, 1, 1, device='meta')))


def become(layer: nn.Module, other: nn.Module) -> None:
    """Give a convolution another's class, and what that one has beyond a convolution.

    The layer stays the same object, under all its names;
    weights, hooks, modes and attributes of its own are untouched.

    Args:
        layer: a plain convolution.
        other: of a subclass of torch's convolution, made of the layer; not to be used any more.
    """
    own = {key: value for key, value in vars(other).items() if key not in _PLAIN}
    vars(layer).update(own)
    layer._modules.update(other._modules)
    layer.__class__ = type(other)


def what_hinders(layer: nn.Module, other: nn.Module) -> str:
    """A layer's own attribute that the other one has too; empty if there is none."""
    own = set(vars(layer)) - _PLAIN
    wanted = {*vars(other), *other._modules}
    return next((key for key in sorted(own) if key in wanted or hasattr(type(other), key)), '')


@contextmanager
def all_or_nothing(model: nn.Module) -> Iterator[None]:
    """Where an exception leaves this context, the model is as it was."""
    before = Snapshot(model)
    try:
        yield
    except BaseException:
        before.restore()
        raise
