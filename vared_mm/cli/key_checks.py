"""Refuse misspelt keys: mmengine stores them, and nothing ever looks at them."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from mmengine.config import Config

from .config_walk import walk
from .known_keys import BUILT, UNTYPED, known_keys, runner_keys, type_at

#: Dicts whose keys are names that the user chooses.
FREE = ('optim_wrapper.paramwise_cfg.custom_keys',)


def check_overrides(cfg: Config, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse overrides of keys that nothing reads.

    A key is known if the config has it, or if it is an argument of what its dict builds. At the
    top of a config these are the runner's arguments; a variable there, such as ``data_root``, has
    done its work when the file has been read.

    Args:
        cfg: before the overrides.
        overrides: dotted key -> value; a key that begins with ``+`` is not looked at.

    Returns:
        The overrides, without the ``+``.

    Raises:
        ValueError: naming the key, and the nearest one that there is.
    """
    bare = {key.removeprefix('+'): value for key, value in overrides.items()}
    for key, value in overrides.items():
        if not key.startswith('+'):
            try:
                _check(cfg, bare, key, value)
            except LookupError as error:
                hint = f'{error.args[0]} (+{key}=... sets it anyway)'
                raise ValueError(f'--cfg-options {key}: {hint}') from None
            except TypeError as error:
                raise ValueError(f'--cfg-options {key}: {error}') from None
    return bare


def check_config(cfg: Config) -> None:
    """Refuse a config's own misspelt keys, where nothing would tell later.

    Raises:
        ValueError: naming the file, the key and the nearest one that there is; or a key whose
            value must be a dict and is none.
    """
    for key in sorted({*cfg} - runner_keys()):  # variables, of which there may be any number
        for meant in get_close_matches(key, runner_keys(), 1, 0.88):
            inner = (one for _, _, one in walk(cfg.get(meant), meant))
            if cfg[key] not in (cfg.get(meant), *inner):
                raise ValueError(f'{cfg.filename}: key {key}: nothing reads it; is it {meant}?')
    for key in {'model', *(place for place in UNTYPED if '.' not in place)} & {*cfg}:
        if not isinstance(cfg[key], Mapping | None):
            raise ValueError(f'{cfg.filename}: key {key}={cfg[key]!r}: must be a dict')
    for place in UNTYPED:
        first, _, inner = place.partition('.')
        node = cfg.get(first)
        if inner and isinstance(node, Mapping):
            node = node.get(inner)
        if not isinstance(node, Mapping) or 'type' in node or place == 'default_hooks':
            continue
        known, more = known_keys(cfg, place, None)
        if unknown := {*node} - known - BUILT - {'constructor'}:
            key = min(unknown)
            if not more:
                raise ValueError(f'{cfg.filename}: key {place}.{key}: {_unknown(key, known)}')


def _check(cfg: Config, overrides: Mapping[str, Any], key: str, value: Any) -> None:
    """Go from the top of a config down to the key of an override."""
    place, *parts = key.split('.')
    if place not in runner_keys() and 'runner_type' not in cfg:
        raise LookupError(_no_such_top(cfg, place))
    node, is_new = cfg.get(place), place not in cfg
    for part in parts:
        if isinstance(node, list | tuple):
            if not (part.isdigit() and int(part) < len(node)):
                raise TypeError(f'{place} is a list of {len(node)}; the first is {place}.0')
            node = node[int(part)]
        elif node is None or isinstance(node, Mapping):
            node = node or {}
            if part not in node and (not is_new or place in UNTYPED):
                _check_new(cfg, overrides, place, node, part)
            is_new, node = is_new or part not in node, node.get(part)
        else:
            raise TypeError(f'{place} is {node!r}, which has no keys')
        place += f'.{part}'
    if isinstance(node, Mapping) and node and value is not None:
        raise TypeError(f'a dict with the keys {", ".join(node)}: name one of them')


def _check_new(
    cfg: Config, overrides: Mapping[str, Any], place: str, node: Mapping[str, Any], part: str
) -> None:
    """Look at a key that its dict does not have yet."""
    if part in BUILT or place in FREE or f'{place}.{part}.type' in overrides:
        return
    known, more = known_keys(cfg, place, type_at(overrides, place, node))
    if not known and not node:  # nothing tells
        return
    if part not in known and not (more and not get_close_matches(part, known | {*node}, 1, 0.75)):
        raise LookupError(_unknown(part, known | {*node}))


def _no_such_top(cfg: Config, key: str) -> str:
    """Why a key at the top is refused, and where it may have been meant."""
    value = cfg.get(key)
    big = isinstance(value, list | dict) and value
    places = [
        place
        for top in sorted(runner_keys() & {*cfg})
        for place, name, one in ((top, '', cfg[top]), *walk(cfg[top], top))
        if name == key or (big and one == value)
    ]
    hint = f'; set {", ".join(places[:4])}' if places else ''
    if key in cfg:
        return f'a variable of the config, read with its file and not after that{hint}'
    return f'no such key {key}{hint}' if places else _unknown(key, runner_keys())


def _unknown(key: str, known: frozenset[str]) -> str:
    near = get_close_matches(key, known, 1, 0.5)
    if near:
        return f'no such key {key}; the nearest is {near[0]}'
    names = sorted(known - BUILT)
    more = ' ...' if len(names) > 12 else ''
    return f'no such key {key}; there are: {", ".join(names[:12]) or "none"}{more}'
