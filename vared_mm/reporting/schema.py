"""Checks of values out of JSON that say which key is wrong."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

#: Raises ValueError with the key that it is given where a value is not as it should be.
Check = Callable[[Any, str], None]

#: Numbers beyond this can't be drawn, or summed.
MOST = 1e100
#: Whole numbers beyond this do not fit SQLite.
MOST_WHOLE = 2**63 - 1


def _fail(key: str, wanted: str) -> None:
    raise ValueError(f'key "{key}" must be {wanted}')


def text(value: Any, key: str) -> None:
    """A string."""
    if not isinstance(value, str):
        _fail(key, 'text')


def flag(value: Any, key: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        _fail(key, 'true or false')


def scalar(value: Any, key: str) -> None:
    """Anything that holds nothing else."""
    if not (value is None or isinstance(value, str | bool | int)):
        number()(value, key)


def number(least: float = -MOST, most: float = MOST) -> Check:
    """A finite number within a range."""

    def check(value: Any, key: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            _fail(key, 'a number')
        if not (least <= value <= most and isfinite(value)):
            _fail(key, f'a number from {least:g} to {most:g}')

    return check


def whole(least: int = 0, most: int = MOST_WHOLE) -> Check:
    """A whole number within a range."""

    def check(value: Any, key: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            _fail(key, 'a whole number')
        if not least <= value <= most:
            _fail(key, f'a whole number from {least} to {most}')

    return check


def or_null(inner: Check) -> Check:
    """What another check takes, or null."""

    def check(value: Any, key: str) -> None:
        if value is not None:
            try:
                inner(value, key)
            except ValueError as error:
                own = f'key "{key}" must' in str(error)
                raise ValueError(f'{error}, or null' if own else str(error)) from None

    return check


def mapping(inner: Check) -> Check:
    """An object with any keys, whose values are all of one kind."""

    def check(value: Any, key: str) -> None:
        if not isinstance(value, dict):
            _fail(key, 'an object')
        for name, item in value.items():
            inner(item, f'{key}.{name[:80]}')

    return check


def items(inner: Check, length: int | None = None) -> Check:
    """A list, of one kind, and of one length where it is given."""

    def check(value: Any, key: str) -> None:
        if not isinstance(value, list) or length not in (None, len(value)):
            _fail(key, 'a list' + ('' if length is None else f' of {length}'))
        for place, item in enumerate(value):
            inner(item, f'{key}[{place}]')

    return check


def shape(**inner: Check) -> Check:
    """An object that has these keys at least."""

    def check(value: Any, key: str) -> None:
        if not isinstance(value, dict):
            _fail(key, 'an object')
        check_keys(value, inner, f'{key}.')

    return check


def check_keys(value: Mapping[str, Any], inner: Mapping[str, Check], prefix: str = '') -> None:
    """Check the values of an object.

    Raises:
        ValueError: naming the first key that is missing or wrong.
    """
    for name, one in inner.items():
        if name not in value:
            raise ValueError(f'key "{prefix}{name}" is missing')
        one(value[name], prefix + name)
