"""Configs of this checkout by their names, and what each starts from."""

import re
from pathlib import Path

from mmengine.config import Config

ROOT = Path(__file__).parents[2]
#: Configs of small models on generated clips, one for each row of a table, null where there is
#: none; and, by table, the commands of `tools/` that make their clips.
DEMO_PROFILE = ROOT / 'configs' / 'demo' / 'tables.json'
#: Weights that a recipe starts from, as its `load_from` names them.
START = re.compile(r'work_dirs/(?P<config>[^/]+)/[^/]+\.pth')


def find_config(name: str, root: Path = ROOT) -> Path:
    """The file of a config.

    Args:
        name: without folder and suffix.
        root: the checkout.

    Raises:
        FileNotFoundError: if there is none of that name.
    """
    found = sorted((root / 'configs').rglob(f'{name}.py'))
    if not found:
        raise FileNotFoundError(f'no config named {name!r} in configs/')
    return found[0]


def starts_from(config: Path) -> str | None:
    """Name of the config whose weights a config loads; None if it trains from scratch."""
    start = START.fullmatch(Config.fromfile(config).get('load_from') or '')
    return start['config'] if start else None
