"""Activations that are recomputed in the backward pass instead of being kept for it."""

from collections.abc import Callable
from weakref import WeakKeyDictionary, WeakValueDictionary

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

# By where they lie: an operation that keeps a tensor hands over another object with its data.
_KNOWN: WeakValueDictionary[int, Tensor] = WeakValueDictionary()
_OPEN: WeakKeyDictionary[nn.Module, saved_tensors_hooks] = WeakKeyDictionary()

Packed = Tensor | tuple[Callable[[], Tensor], tuple[int, ...], tuple[int, ...], int]


def recompute_later(out: Tensor, compute: Callable[[], Tensor]) -> None:
    """Let a tensor be recomputed: the layers of :func:`keep_less` do not keep it.

    Args:
        out: not a leaf; once it is changed in place, it is kept as usual.
        compute: gives a tensor of the same layout; holds what it needs.
    """
    out._computed_by = (compute, out._version)  # type: ignore[attr-defined]
    _KNOWN[out.untyped_storage().data_ptr()] = out


def keep_less(layer: nn.Module) -> None:
    """Let a layer recompute what :func:`recompute_later` allows, from its next forward pass on."""
    layer.register_forward_pre_hook(_begin, with_kwargs=True)
    layer.register_forward_hook(_end, always_call=True)


def keep_all(layer: nn.Module) -> None:
    """Take back :func:`keep_less`."""
    for hooks in (layer._forward_pre_hooks, layer._forward_hooks):
        for key in [key for key, hook in hooks.items() if hook in (_begin, _end)]:
            del hooks[key]


def _begin(layer: nn.Module, args: tuple, kwargs: dict) -> None:
    inputs = [x for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
    if any(_known(x) is not None for x in inputs):
        _OPEN[layer] = saved_tensors_hooks(_pack, _unpack)
        _OPEN[layer].__enter__()


def _end(layer: nn.Module, _inputs: object, _output: object) -> None:
    if layer in _OPEN:
        _OPEN.pop(layer).__exit__()


def _pack(kept: Tensor) -> Packed:
    known = _known(kept)
    if known is None:
        return kept
    compute, version = known._computed_by  # type: ignore[attr-defined]
    if known._version != version:
        return kept
    return compute, tuple(kept.shape), kept.stride(), kept.storage_offset()


def _known(tensor: Tensor) -> Tensor | None:
    """The known tensor in the same memory, if that memory is still its own."""
    storage = tensor.untyped_storage()
    known = _KNOWN.get(storage.data_ptr())
    if known is None or known.untyped_storage()._cdata != storage._cdata:
        return None
    return known


def _unpack(packed: Packed) -> Tensor:
    if isinstance(packed, Tensor):
        return packed
    compute, *layout = packed
    return torch.as_strided(compute(), *layout)
