"""Give mmaction2 and mmcv what numpy 2.0 to 2.4 no longer has."""

import contextlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np


def _in1d(values: Any, wanted: Any) -> Any:
    return np.isin(np.ravel(values), wanted)


# Where each is gone: Inf, NAN and float in 2.0 (float in 1.24), trapz and in1d in 2.4.
_GONE = {'Inf': np.inf, 'NAN': np.nan, 'float': float, 'in1d': _in1d}


class _OldNumpy(ModuleType):
    """numpy, with names that it has given up."""

    def __getattr__(self, name: str) -> Any:
        if hasattr(np, name):
            return getattr(np, name)
        if name == 'trapz':
            return np.trapezoid
        if name in _GONE:
            return _GONE[name]
        raise AttributeError(f"module 'numpy' has no attribute {name!r}")


@contextlib.contextmanager
def with_old_numpy(module: ModuleType) -> Iterator[None]:
    """Let a module, and no other, find names of numpy that are gone."""
    yield
    module.np = _OldNumpy('numpy')  # type: ignore[attr-defined]


@contextlib.contextmanager
def int_of_one(module: ModuleType) -> Iterator[None]:
    """Let a module's `int()` take arrays of one element, which numpy 2.4 refuses."""
    yield

    def int_of(value: Any) -> int:
        return int(value.item() if isinstance(value, np.ndarray) else value)

    module.int = int_of  # type: ignore[attr-defined]
