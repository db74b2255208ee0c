"""Give layers of a model another forward, where they stand."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from .snapshot import Snapshot

_PLAIN = frozenset(vars(nn.Conv3d(1, 1, 1, device='meta')))


def become(layer: nn.Module, twin: nn.Module) -> None:
    """Let a convolution be of a twin's class and have what a twin has beyond a convolution.

    The layer stays the same object: whoever holds it, under whatever names, holds the new one;
    weights, hooks, modes and attributes of its own are untouched.

    Args:
        layer: a plain convolution.
        twin: of a subclass of torch's convolution, made of the layer; not of use afterwards.
    """
    own = {key: value for key, value in vars(twin).items() if key not in _PLAIN}
    vars(layer).update(own)
    layer._modules.update(twin._modules)
    layer.__class__ = type(twin)


def what_hinders(layer: nn.Module, twin: nn.Module) -> str:
    """The attribute of a layer's own that a twin wants for itself; empty if there is none."""
    own = set(vars(layer)) - _PLAIN
    wanted = {*vars(twin), *twin._modules}
    return next((key for key in sorted(own) if key in wanted or hasattr(type(twin), key)), '')


@contextmanager
def all_or_nothing(model: nn.Module) -> Iterator[None]:
    """Where an exception leaves this context, the model is as it was."""
    before = Snapshot(model)
    try:
        yield
    except BaseException:
        before.restore()
        raise
