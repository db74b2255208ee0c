"""Let the upstream packages import together, without a word."""

import contextlib
import functools
import importlib
import io
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest import mock


@contextlib.contextmanager
def accept_newer_mmcv(module: ModuleType) -> Iterator[None]:
    """Show an mmcv version that the package accepts, while it looks (mmaction2#2852)."""
    mmcv = importlib.import_module('mmcv')
    major, minor = (int(part) for part in mmcv.__version__.split('.')[:2])
    shown = '2.1.0' if (major, minor) >= (2, 2) else mmcv.__version__
    with mock.patch.object(mmcv, '__version__', shown):
        yield


@contextlib.contextmanager
def without_new_transformers(module: ModuleType) -> Iterator[None]:
    """Leave the multimodal models out where transformers no longer has what they import.

    With such a transformers in the environment none of mmaction2's models could be imported.
    """
    yield
    found = PathFinder.find_spec('transformers')
    for folder in (found and found.submodule_search_locations) or ():
        source = Path(folder, 'modeling_utils.py')
        if not source.is_file() or 'apply_chunking_to_forward' not in source.read_text('utf-8'):
            module.WITH_MULTIMODAL = False


@contextlib.contextmanager
def stand_in_for_drn(module: ModuleType) -> Iterator[None]:
    """Let the package import without its `drn` folder; building a DRN says why it can't."""
    name = f'{module.__name__}.drn'
    if PathFinder.find_spec(name, module.__path__) is None:

        def refuse(self: object, *args: object, **kwargs: object) -> None:
            raise RuntimeError(
                'DRN is not in the released mmaction2 wheel (open-mmlab/mmaction2#2714): '
                'install mmaction2 from its repository to use it'
            )

        folder, file = ModuleType(name), ModuleType(f'{name}.drn')
        file.DRN = type('DRN', (), {'__init__': refuse, '__module__': file.__name__})
        sys.modules.update({folder.__name__: folder, file.__name__: file})
        importlib.import_module('mmaction.registry').MODELS.register_module(module=file.DRN)
    yield


@contextlib.contextmanager
def stand_in_for_ops(module: ModuleType) -> Iterator[None]:
    """Without compiled ops, an op fails when it is called, not when it is imported."""
    yield
    parent = sys.modules['mmcv']
    if PathFinder.find_spec('mmcv._ext', parent.__path__) is None:

        def refuse(name: str, *args: object, **kwargs: object) -> None:
            raise RuntimeError(
                f'mmcv was installed without its compiled ops, so `{name}` can not run: '
                'install mmcv (or onedl-mmcv) built with MMCV_WITH_OPS=1'
            )

        def load_ext(name: str, funcs: list[str]) -> SimpleNamespace:
            return SimpleNamespace(**{func: functools.partial(refuse, func) for func in funcs})

        module.load_ext = load_ext


@contextlib.contextmanager
def without_debug_note(module: ModuleType) -> Iterator[None]:
    """Keep back the note about an optional package that nobody here asked for."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        yield
    for line in printed.getvalue().splitlines():
        if line != 'Could not import OneDL':
            print(line)
