"""Every setting of a config, at any depth."""

from collections.abc import Iterator, Mapping
from typing import Any


def walk(node: Any, place: str) -> Iterator[tuple[str, str, Any]]:
    """Every setting below a node, outer ones first: its place, its last key, its value.

    Args:
        node: dict, list or anything else, which holds no settings.
        place: of the node, keys with dots between.
    """
    items: Any = ()
    if isinstance(node, Mapping):
        items = node.items()
    elif isinstance(node, list | tuple):
        items = enumerate(node)
    for key, value in items:
        yield f'{place}.{key}', str(key), value
        yield from walk(value, f'{place}.{key}')
