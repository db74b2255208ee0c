"""Which layers of a model are selected, and which of them can have another forward."""

import re
from collections.abc import Sequence

from torch import nn

Patterns = str | Sequence[str] | None

#: Attributes that plain convolutions have, of their class and of their own.
_PLAIN = {base: frozenset(dir(base(1, 1, 1, device='meta'))) for base in (nn.Conv2d, nn.Conv3d)}


def select_convolutions(
    model: nn.Module, include: Patterns = None, exclude: Patterns = None
) -> dict[str, nn.Conv2d | nn.Conv3d]:
    """Plain convolutions of a model by their names.

    A layer with several names is there once, by its first, and is selected if any of them is.

    Args:
        model: any module tree.
        include: regular expressions, searched for in the layers' names; None takes every one.
        exclude: likewise, of what is left out.

    Raises:
        ValueError: if none is selected.
    """
    found = {
        names[0]: layer
        for layer, names in names_of(model).items()
        if is_plain(layer) and is_meant(names, include, exclude)
    }
    if not found:
        raise ValueError(
            f'no convolution of {type(model).__name__} is selected by include={include!r}, '
            f'exclude={exclude!r}'
        )
    return found


def is_plain(module: nn.Module) -> bool:
    """Whether a module is a convolution that computes what torch's does, and not yet dynamic."""
    return plain_base(module) is not None and not why_not_plain(module)


def plain_base(module: nn.Module) -> type[nn.Conv2d] | type[nn.Conv3d] | None:
    """Torch's convolution that a module derives from, None if from neither."""
    return next((base for base in _PLAIN if isinstance(module, base)), None)


def why_not_plain(conv: nn.Module) -> str:
    """What makes a convolution differ from torch's own; empty if nothing does.

    Its class may define how its layers are made, and static methods; ``same_as_plain = True``, in
    the class itself, says that its forward is an exact rewriting. Hooks may be there.
    """
    base = plain_base(conv)
    if base is None or hasattr(conv, 'record'):
        return 'it is no static convolution'
    if not {'weight', 'bias'} <= conv._parameters.keys():
        return 'its weights are worked out from others'
    parts = {**conv._parameters, **conv._buffers, **conv._modules}
    if own := parts.keys() - {'weight', 'bias'}:
        return f'it has {min(own)}'
    if own := _defined(type(conv), base):
        return f'{type(conv).__name__} defines {own}'
    if hidden := next((key for key in vars(conv) if hasattr(type(conv), key)), None):
        return f'its {hidden} is replaced'
    for key, value in conv._parameters.items():
        if value is not None and not (type(value) is nn.Parameter and value.is_floating_point()):
            return f'its {key} is no plain parameter of real numbers'
    return ''


def _defined(cls: type, base: type) -> str:
    """What a class of convolutions defines anew, beside how its layers are made."""
    if cls is base or vars(cls).get('same_as_plain') is True or _is_mmcv_wrapper(cls):
        return ''
    for parent in cls.__mro__:
        if parent in base.__mro__:
            continue
        for key, value in vars(parent).items():
            making = (
                key == '__init__' or isinstance(value, staticmethod) and key not in _PLAIN[base]
            )
            bookkeeping = key.startswith('__') and not (
                callable(value) or hasattr(value, '__get__')
            )
            if not making and not bookkeeping:
                return key
    return ''


def _is_mmcv_wrapper(cls: type) -> bool:
    """mmcv's wrappers differ from torch's only for empty inputs under old torch versions."""
    return cls.__module__ == 'mmcv.cnn.bricks.wrappers' and cls.__name__ in ('Conv2d', 'Conv3d')


def names_of(model: nn.Module) -> dict[nn.Module, list[str]]:
    """All names of each module, the first of them first."""
    names: dict[nn.Module, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        names.setdefault(module, []).append(name)
    return names


def is_meant(names: Sequence[str], include: Patterns, exclude: Patterns) -> bool:
    """Whether a layer of these names is included and not excluded."""
    included = include is None or any(matches(include, name) for name in names)
    return included and not (exclude is not None and any(matches(exclude, n) for n in names))


def matches(patterns: str | Sequence[str], name: str) -> bool:
    """Whether one of the regular expressions is found in a name."""
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(re.search(pattern, name) for pattern in patterns)
