"""Which layers of a model are meant, and putting others in their place."""

import re
from collections.abc import Sequence

from torch import nn

Patterns = str | Sequence[str] | None


def select_convolutions(
    model: nn.Module, include: Patterns = None, exclude: Patterns = None
) -> dict[str, nn.Conv2d | nn.Conv3d]:
    """Plain convolutions of a model by their names.

    Args:
        model: any module tree.
        include: regular expressions, searched for in the layers' names; None takes every one.
        exclude: likewise, of what is left out.

    Raises:
        ValueError: if none is selected.
    """
    found = {
        name: layer
        for name, layer in model.named_modules()
        if is_plain(layer)
        and (include is None or matches(include, name))
        and not (exclude is not None and matches(exclude, name))
    }
    if not found:
        raise ValueError(
            f'no convolution of {type(model).__name__} is selected by include={include!r}, '
            f'exclude={exclude!r}'
        )
    return found


def is_plain(module: nn.Module) -> bool:
    """Whether a module computes what its class' plain convolution does, and is not yet dynamic."""
    if hasattr(module, 'record') or not isinstance(module, nn.Conv2d | nn.Conv3d):
        return False
    base = nn.Conv3d if isinstance(module, nn.Conv3d) else nn.Conv2d
    cls = type(module)
    own_forward = cls.forward is not base.forward or cls._conv_forward is not base._conv_forward
    return not own_forward or getattr(cls, 'same_as_plain', False) or _is_mmcv_wrapper(cls)


def _is_mmcv_wrapper(cls: type) -> bool:
    """mmcv's wrappers differ from torch's only for empty inputs under old torch versions."""
    return cls.__module__ == 'mmcv.cnn.bricks.wrappers'


def matches(patterns: str | Sequence[str], name: str) -> bool:
    """Whether one of the regular expressions is found in a name."""
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(re.search(pattern, name) for pattern in patterns)


def replace_layer(model: nn.Module, name: str, layer: nn.Module) -> nn.Module:
    """Put a layer in the place of the one of this name; gives the model, or the layer itself."""
    if not name:
        return layer
    parent, _, attribute = name.rpartition('.')
    setattr(model.get_submodule(parent), attribute, layer)
    return model
