"""What a pass of a network calls, and what reads its results."""

import gc
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from threading import get_ident
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

_LOOKS = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}
_PAST_DISPATCH = {Tensor.tolist, Tensor.numpy, Tensor.data_ptr, Tensor.__dlpack__}


class Spot(NamedTuple):
    """Where a tensor lies; no two that were ever alive in a pass have the same storage."""

    storage: int
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


@dataclass(eq=False)
class Call:
    """One call of a module: where its only argument and its result lie, if they are tensors."""

    module: nn.Module
    takes: Spot | None
    gives: Spot | None = None


class Watch(TorchDispatchMode):
    """Within this context notes the calls of a network's modules, and every read of a tensor.

    Each operation that is given a tensor reads it, one that makes a view too. No tensor is kept
    alive, so that a watched pass takes no more memory than another.

    Args:
        model: whose calls are noted.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.calls: dict[nn.Module, list[Call]] = defaultdict(list)
        #: By storage, in order: the calls within which it was read.
        self.reads: dict[int, list[tuple[Call, ...]]] = defaultdict(list)
        #: Calls within which Python saw values: what comes next may depend on them.
        self.looks: list[tuple[Call, ...]] = []
        self._model, self._thread = model, get_ident()
        self._stack: list[Call] = []
        self._storages: dict[int, StorageWeakRef] = {}
        self._exits = ExitStack()

    def __enter__(self) -> 'Watch':
        for module in self._model.modules():
            before = module.register_forward_pre_hook(self._enter, with_kwargs=True)
            after = module.register_forward_hook(self._leave, always_call=True)
            self._exits.callback(before.remove)
            self._exits.callback(after.remove)
        self._exits.enter_context(_PastDispatch(self))
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._exits.close()

    def __torch_dispatch__(
        self, func: Any, _types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Run an operation; note what it reads."""
        self.note(args, kwargs, looks=not _LOOKS.isdisjoint(func.tags))
        return func(*args, **(kwargs or {}))

    def note(self, *arguments: Any, looks: bool) -> None:
        """Note that something reads all tensors among its arguments."""
        within = tuple(self._stack)
        for leaf in tree_leaves(arguments):
            if (spot := self._spot_of(leaf)) is not None:
                self.reads[spot.storage].append(within)
        if looks:
            self.looks.append(within)

    def is_alive(self, spot: Spot) -> bool:
        """Whether something still holds a tensor, a view of it, or an array over it."""
        if self._storages[spot.storage].expired():
            return False
        gc.collect()
        return not self._storages[spot.storage].expired()

    def _spot_of(self, value: Any) -> Spot | None:
        if not isinstance(value, Tensor) or value.layout != torch.strided:
            return None
        storage = value.untyped_storage()
        # The reference keeps the address from being given to another storage.
        self._storages.setdefault(storage._cdata, StorageWeakRef(storage))
        return Spot(
            storage._cdata, value.storage_offset(), tuple(value.shape), tuple(value.stride())
        )

    def _enter(self, module: nn.Module, args: tuple, kwargs: dict) -> None:
        if get_ident() == self._thread:
            alone = len(args) == 1 and not kwargs
            self._stack.append(Call(module, self._spot_of(args[0]) if alone else None))

    def _leave(self, module: nn.Module, _args: tuple, output: Any) -> None:
        if get_ident() == self._thread:
            call = self._stack.pop()
            call.gives = self._spot_of(output)
            self.calls[module].append(call)


class _PastDispatch(TorchFunctionMode):
    """Notes what takes a tensor's values without an operation."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def __torch_function__(
        self, func: Any, _types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        if func in _PAST_DISPATCH:
            self._watch.note(args, looks=True)
        return func(*args, **(kwargs or {}))
