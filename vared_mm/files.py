"""Where the recipes and tools are: beside the package in a checkout, within it once installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / '.mim'

#: The folder that holds ``configs`` and ``tools``.
ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def find_config(name: str | Path) -> Path:
    """The file of a config.

    Args:
        name: a file; else one of the package's recipes, by its path within ``configs`` or by its
            name alone, with or without ``.py``.

    Raises:
        FileNotFoundError: if there is no such config.
    """
    path = Path(name)
    if path.is_file():
        return path
    relative = path.with_suffix('.py') if path.suffix == '.py' else Path(f'{path}.py')
    configs = ROOT / 'configs'
    for found in (ROOT / relative, configs / relative):
        if found.is_file() and not path.is_absolute() and '..' not in path.parts:
            return found
    if len(path.parts) == 1:
        for found in sorted(configs.rglob(relative.name)):
            if '_base_' not in found.parts:
                return found
    raise FileNotFoundError(f'{name}: no such config')
