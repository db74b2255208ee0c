"""Accelerated models refuse changes that would have no effect, or only a partial one."""

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from torch import Tensor, nn

#: Each copies a module, as pickling does, or puts values into it.
_REFUSED = {
    '__deepcopy__': 'copied or accelerated again',
    '__reduce_ex__': 'pickled or copied',
    'load_state_dict': 'loaded into',
    '_load_from_state_dict': 'loaded into',
    'share_memory': 'shared between processes',
}


def freeze(module: nn.Module) -> None:
    """Let a module raise a TypeError when it is copied, loaded into, moved, cast or trained.

    Compiled forwards refer to their layers by number, and packed and folded weights are not read
    again.
    """
    for name, what in _REFUSED.items():
        vars(module)[name] = partial(_refuse, what)
    for name, check in {'_apply': _apply, 'train': _train, 'requires_grad_': _require}.items():
        vars(module)[name] = partial(check, module)


def refuse_training(model: nn.Module) -> None:
    """Raise a TypeError if a model, or a part of it, is frozen."""
    if any('_load_from_state_dict' in vars(module) for module in model.modules()):
        _refuse('trained')


def _refuse(what: str, *_args: Any, **_kwargs: Any) -> NoReturn:
    raise TypeError(f'an accelerated model can not be {what}: take the model that it was made of')


def _apply(
    module: nn.Module, change: Callable[[Tensor], Tensor], recurse: bool = True
) -> nn.Module:
    """As ``nn.Module._apply``, for what changes nothing, such as a move to where it is."""
    tensors = [*module.parameters(recurse), *module.buffers(recurse)]
    if any(change(tensor) is not tensor for tensor in tensors):
        _refuse('moved or cast')
    return module


def _train(module: nn.Module, mode: bool = True) -> nn.Module:
    return _refuse('trained') if mode else type(module).train(module, mode)


def _require(module: nn.Module, requires_grad: bool = True) -> nn.Module:
    if requires_grad:
        _refuse('trained')
    return type(module).requires_grad_(module, requires_grad)
