"""Keep mmengine from running code that a checkpoint or a YAML file holds."""

import contextlib
import functools
import importlib
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from .pickle_depth import check_depth
from .plain_checkpoint import ALLOWED, settle


@contextlib.contextmanager
def safe_resume(module: ModuleType) -> Iterator[None]:
    """Allow what mmengine itself writes into a checkpoint, and nothing else (mmengine#1655).

    A `HistoryBuffer` pickles its own methods by way of `getattr`. Allowing that one as it is
    would let a crafted file reach any attribute, and NumPy's dtype any memory: stand-ins are let
    in, while a file is read, and torch's list for the rest of the program stays as it is.
    onedl-mmengine loads such files, but turns safe loading off for those that it can't load.
    """
    yield
    torch = module.torch

    def load(file: Any, map_location: Any = None, weights_only: bool | None = None) -> Any:
        return torch.load(file, map_location=map_location, weights_only=True)

    def plainly(call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def inner(*args: Any, **kwargs: Any) -> Any:
            with _only(torch.serialization):
                return settle(call(*args, **kwargs))

        return inner

    if hasattr(module, '_safe_torch_load'):
        module._safe_torch_load = plainly(load)
    module.load_url = plainly(functools.partial(module.load_url, weights_only=True))
    _refuse_clearly(module.CheckpointLoader, plainly)


#: What torch lets in is one list for all threads.
_LOADING = threading.RLock()


@contextlib.contextmanager
def _only(torch: Any) -> Iterator[None]:
    """While a file is read, let torch take :data:`ALLOWED` for the names in it.

    Of what the program lets in by itself, all but other objects of these names stays.
    """
    with _LOADING:
        before = torch.get_safe_globals()
        names = [one[1] if isinstance(one, tuple) else _name_of(one) for one in before]
        others = [one for one, name in zip(before, names, strict=True) if name not in ALLOWED]
        torch.clear_safe_globals()
        torch.add_safe_globals([*others, *((call, name) for name, call in ALLOWED.items())])
        try:
            yield
        finally:
            torch.clear_safe_globals()
            torch.add_safe_globals(before)


def _name_of(call: Any) -> str:
    return f'{call.__module__}.{call.__qualname__}'


def _refuse_clearly(loader: Any, plainly: Callable[[Callable], Callable]) -> None:
    """Name the file and what is wrong in one line; leave out the text that a resume would run.

    What is no weight is refused, as mmengine would leave the model's own in its place.

    Of `meta['config']`, which old checkpoints hold, mmengine executes every line when it resumes.
    """
    inner = plainly(loader.load_checkpoint)
    check_weights = importlib.import_module('vared_mm.compat.weights').check_weights  # needs torch

    def load_checkpoint(
        cls: Any, filename: str, map_location: Any = None, logger: Any = 'current'
    ) -> Any:
        """As mmengine's; see there."""
        try:
            check_depth(filename)
            checkpoint = inner(filename, map_location, logger)
        except pickle.UnpicklingError as error:
            raise pickle.UnpicklingError(f'{filename}: {_reason(str(error))}') from None
        meta = checkpoint.get('meta') if isinstance(checkpoint, dict) else None
        if isinstance(meta, dict):
            meta.pop('config', None)
        check_weights(checkpoint, filename)
        return checkpoint

    loader.load_checkpoint = classmethod(load_checkpoint)


def _reason(text: str) -> str:
    """What torch's several paragraphs say."""
    if found := re.search(r'GLOBAL (\S+)|^.*(?= is not allowed in it)', text, re.M):
        return f'refused: loading it could run code, as it holds {found[1] or found[0]}'
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if line and 'eights' not in line and 'torch.load' not in line]
    return f'not a checkpoint ({(telling or ["it can not be read"])[-1]})'


@contextlib.contextmanager
def no_config_from_weights(module: ModuleType) -> Iterator[None]:
    """An inferencer without a config would execute the one inside the checkpoint."""
    yield
    inner = module.BaseInferencer._init_model

    @functools.wraps(inner)
    def init_model(self: Any, cfg: Any, weights: Any, *args: Any, **kwargs: Any) -> Any:
        if not cfg:
            raise ValueError(f'{weights}: name its config too; the one in it is code and not run')
        return inner(self, cfg, weights, *args, **kwargs)

    module.BaseInferencer._init_model = init_model


@contextlib.contextmanager
def safe_yaml(module: ModuleType) -> Iterator[None]:
    """Read YAML as data: mmengine's loader makes any Python object that a tag names.

    Tuples, which mmengine's own dump of a config writes with such a tag, are read as before.
    """
    yield
    yaml = module.yaml

    class Loader(getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
        """The safe one, and tuples."""

    Loader.add_constructor(
        'tag:yaml.org,2002:python/tuple',
        lambda loader, node: tuple(loader.construct_sequence(node, deep=True)),
    )
    module.Loader = Loader
