"""Tensors that are computed again in the backward pass instead of being kept for it."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

# By where they lie: an operation that keeps a tensor hands over another object with its data.
_KNOWN: WeakValueDictionary[int, Tensor] = WeakValueDictionary()
_OPEN: list[ExitStack] = []

Packed = Tensor | tuple[Callable[[], Tensor], tuple[int, ...], tuple[int, ...], int]


def recompute_later(out: Tensor, compute: Callable[[], Tensor]) -> None:
    """Say how to compute a tensor again; operations within :func:`keep_less` do not keep it.

    Args:
        out: not a leaf; as long as it is not changed in place.
        compute: gives the same storage layout; holds what it needs.
    """
    out._computed_by = (compute, out._version)  # type: ignore[attr-defined]
    _KNOWN[out.untyped_storage().data_ptr()] = out


def keep_less(model: nn.Module) -> None:
    """In all forward passes of a model from now on, use what :func:`recompute_later` says."""
    model.register_forward_pre_hook(_begin)
    model.register_forward_hook(_end, always_call=True)


def _begin(_model: nn.Module, _inputs: object) -> None:
    _OPEN.append(ExitStack())
    _OPEN[-1].enter_context(saved_tensors_hooks(_pack, _unpack))


def _end(_model: nn.Module, _inputs: object, _output: object) -> None:
    _OPEN.pop().close()


def _pack(kept: Tensor) -> Packed:
    known = _KNOWN.get(kept.untyped_storage().data_ptr())
    if known is None:
        return kept
    compute, version = known._computed_by  # type: ignore[attr-defined]
    if known._version != version:
        return kept
    return compute, tuple(kept.shape), kept.stride(), kept.storage_offset()


def _unpack(packed: Packed) -> Any:
    if isinstance(packed, Tensor):
        return packed
    compute, *layout = packed
    return torch.as_strided(compute(), *layout)
