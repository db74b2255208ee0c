"""Which batch norms and ReLUs a model applies to a layer's result and to nothing else."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from vared_mm.dynamic import DynamicConvolution

Norm = nn.modules.batchnorm._BatchNorm
_VIEWS = ('view', 'reshape', 'transpose', 'permute', 'unflatten', 'alias', 'squeeze', 'slice')


@dataclass
class Followers:
    """Names of the modules that follow a layer; empty where there is none to take in."""

    norm: str = ''
    relu: str = ''


@dataclass
class _Uses:
    """What the pass has seen: memory -> modules whose operations read it, in order."""

    readers: dict[int, list[nn.Module]] = field(default_factory=lambda: defaultdict(list))
    results: dict[nn.Module, Tensor] = field(default_factory=dict)
    calls: Counter = field(default_factory=Counter)
    alive: list[Tensor] = field(default_factory=list)


def find_followers(
    model: nn.Module, layers: Mapping[str, nn.Module], *args: Any
) -> dict[str, Followers]:
    """For each of some layers, the batch norm right after it and the ReLU right after that.

    A module counts if it is called once in a pass and if nothing else reads what it takes. Found
    by running the model on ``args`` and watching every operation's memory, so it does not matter
    how the model is written.

    Args:
        model: in evaluation mode.
        layers: of the model, by name.
        *args: of its forward; as small as it takes.
    """
    uses = _watch(model, *args)
    names = {module: name for name, module in model.named_modules()}
    found = {}
    for name, layer in layers.items():
        norm = _only_reader(uses, layer, lambda m: isinstance(m, Norm) and not m.training)
        relu = _only_reader(uses, norm or layer, lambda m: isinstance(m, nn.ReLU))
        found[name] = Followers(names.get(norm, ''), names.get(relu, ''))
    return found


def _watch(model: nn.Module, *args: Any) -> _Uses:
    uses = _Uses()
    stack: list[nn.Module] = [model]

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None):
            result = func(*args, **(kwargs or {}))
            inside = any(isinstance(module, DynamicConvolution) for module in stack)
            if not inside and func.overloadpacket.__name__.strip('_') not in _VIEWS:
                for tensor in _tensors(args):
                    uses.readers[_memory(tensor)].append(stack[-1])
                    uses.alive.append(tensor)
            return result

    def enter(module: nn.Module, _inputs: Any) -> None:
        stack.append(module)

    def leave(module: nn.Module, _inputs: Any, output: Any) -> None:
        stack.pop()
        uses.calls[module] += 1
        if isinstance(output, Tensor):
            uses.results[module] = output

    with ExitStack() as hooks, torch.no_grad(), Watch():
        for module in model.modules():
            hooks.enter_context(module.register_forward_pre_hook(enter))
            hooks.enter_context(module.register_forward_hook(leave))
        model(*args)
    return uses


def _only_reader(
    uses: _Uses, module: nn.Module, wanted: Callable[[nn.Module], bool]
) -> nn.Module | None:
    """The one module that reads a module's result, if it is as wanted.

    An operation in place reads first and leaves its own result there for others to read.
    """
    if module not in uses.results or uses.calls[module] != 1:
        return None
    memory = _memory(uses.results[module])
    readers = uses.readers[memory]
    reader = readers[0] if readers else None
    if reader is None or not wanted(reader) or uses.calls[reader] != 1:
        return None
    in_place = reader in uses.results and _memory(uses.results[reader]) == memory
    return reader if in_place or all(other is reader for other in readers) else None


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _tensors(args: Any) -> list[Tensor]:
    return [leaf for leaf in torch.utils._pytree.tree_leaves(args) if isinstance(leaf, Tensor)]
