"""Read a config, and refuse what is wrong with it before anything else happens."""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from vared_mm.cli.key_checks import check_config, check_overrides
from vared_mm.cli.value_checks import check_values
from vared_mm.files import find_config

SUFFIXES = ('.py', '.yml', '.yaml', '.json')


def read_config(path: str | Path, overrides: Mapping[str, Any] | None = None) -> Config:
    """A config, from its file. A file of any suffix may run code; take none from strangers.

    Args:
        path: of the file, or the name of one of the package's recipes.
        overrides: dotted key -> value, as ``--cfg-options`` gives them.

    Raises:
        FileNotFoundError: if there is no such config.
        ValueError: if it can't be read or executed, or if a key or a value in it or among the
            overrides is wrong.
    """
    path = find_config(path)
    if Path(path).suffix not in SUFFIXES:
        raise ValueError(f'{path}: not a config: must end in .py, .yml, .yaml or .json')
    try:
        cfg = Config.fromfile(path)
    except Exception as error:  # its code may raise anything
        raise ValueError(f'{path}: {_say(error)}') from error
    check_config(cfg)
    if overrides:
        bare = check_overrides(cfg, overrides)
        for key in bare:
            _make_room(cfg, key)
        try:
            cfg.merge_from_dict(bare)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f'--cfg-options do not fit {path}: {error}') from error
    check_values(cfg)
    return cfg


def require_keys(cfg: Config, *keys: str) -> None:
    """Refuse a config without what a tool needs.

    Raises:
        ValueError: naming the key.
    """
    for key in keys:
        if cfg.get(key) is None:
            raise ValueError(f'{cfg.filename}: has no {key}, which this tool needs')


def _make_room(cfg: Config, key: str) -> None:
    """Put a dict where the override of an inner key meets None, which mmengine can't merge into."""
    node: Any = cfg
    for part in key.split('.')[:-1]:
        if isinstance(node, list | tuple):
            node = node[int(part)]
            continue
        if part in node and node[part] is None:
            node[part] = {}
        node = node.get(part)
        if not isinstance(node, Mapping | list | tuple):
            return


def _say(error: Exception) -> str:
    """What went wrong in a config's file, and in which line."""
    if isinstance(error, SyntaxError):
        return f'line {error.lineno}: {error.msg}'
    if isinstance(error, UnicodeDecodeError):
        return 'is no text in UTF-8'
    if isinstance(error, RecursionError):
        return 'its bases name one another in a circle'
    # mmengine executes a config's code under the name of its file.
    code = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.name == '<module>' and Path(frame.filename).suffix == '.py'
    ]
    place = f'{code[-1].filename}, line {code[-1].lineno}: ' if code else ''
    return f'{place}{type(error).__name__}: {error}'
