"""What stands for NumPy's and mmengine's objects while a checkpoint is read."""

import importlib
from typing import Any

from .plain_numpy import STAND_INS, PlainArray, PlainDtype, refuse


class PlainHistory:
    """Stands for mmengine's ``HistoryBuffer``, whose state a file could set for all others.

    Its own way to take a state changes the statistics of the class: what each of them computes.
    Only its two rows of numbers are taken, and its length.
    """

    __slots__ = ('_parts',)

    def __init__(self) -> None:
        self._parts: tuple | None = None

    def __setstate__(self, state: dict) -> None:
        match state:
            case {
                '_log_history': PlainArray() as values,
                '_count_history': PlainArray() as counts,
                'max_length': int(length),
            } if length > 0:
                parts = values.build(), counts.build()
                numbers = all(part.ndim == 1 and part.dtype.kind in 'biuf' for part in parts)
                if numbers and len(parts[0]) == len(parts[1]) <= length:
                    self._parts = *parts, length
                    return
        raise refuse('such a history of logs')

    def build(self) -> Any:
        """mmengine's own."""
        if self._parts is None:
            raise refuse('a history of logs without content')
        return importlib.import_module('mmengine.logging').HistoryBuffer(*self._parts)


def statistic(owner: Any, name: Any) -> str:
    """Stands for ``getattr``, by which a history names the statistics that its class has anyway."""
    if owner is PlainHistory and name in ('min', 'max', 'current', 'mean'):
        return name
    shown = getattr(owner, '__name__', type(owner).__name__)
    raise refuse(f'{shown}.{name}' if type(name) is str else 'such an attribute')


#: What is let in beyond torch's own, by the name in the file.
ALLOWED = {
    **{'.'.join(place): call for place, call in STAND_INS.items()},
    'builtins.getattr': statistic,
    'mmengine.logging.history_buffer.HistoryBuffer': PlainHistory,
}


def settle(value: Any) -> Any:
    """A loaded structure with the real objects in the places of what stands for them.

    Dicts and lists are changed in place; elsewhere nothing is looked for.

    Raises:
        UnpicklingError: if an object was begun only.
    """
    known: dict[int, Any] = {}
    kept: list[tuple] = []  # so that no other object takes the place of one that was looked at

    def look(one: Any) -> Any:
        if id(one) in known:
            return known[id(one)]
        if isinstance(one, PlainArray | PlainDtype | PlainHistory):
            known[id(one)] = one.build()
            kept.append((one,))
        elif isinstance(one, dict):
            known[id(one)] = one
            for key, inner in one.items():
                one[key] = look(inner)
        elif type(one) is list:
            known[id(one)] = one
            one[:] = map(look, one)
        elif type(one) is tuple:
            kept.append(one)
            inside = [look(part) for part in one]
            changed = any(new is not old for new, old in zip(inside, one, strict=True))
            known[id(one)] = tuple(inside) if changed else one
        return known.get(id(one), one)

    return look(value)
