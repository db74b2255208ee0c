"""Keep mmengine from running code that a checkpoint holds."""

import contextlib
import functools
import importlib
import pickle
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

_HISTORY_STATISTICS = ('min', 'max', 'current', 'mean')


@contextlib.contextmanager
def safe_resume(module: ModuleType) -> Iterator[None]:
    """Allow what mmengine itself writes into a checkpoint, and nothing else (mmengine#1655).

    A `HistoryBuffer` pickles its own methods by way of `getattr`. Allowing that one as it is
    would let a crafted file reach any attribute, so a stand-in hands out those methods only.
    onedl-mmengine loads such files, but turns safe loading off for those that it can't load.
    """
    yield
    torch, history = module.torch, importlib.import_module('mmengine.logging').HistoryBuffer

    def statistic(owner: object, name: str) -> Any:
        if owner is history and name in _HISTORY_STATISTICS:
            return getattr(history, name)
        raise pickle.UnpicklingError(f'{owner!r}.{name} is not allowed in a checkpoint')

    def load(file: Any, map_location: Any = None, weights_only: bool | None = None) -> Any:
        return torch.load(file, map_location=map_location, weights_only=True)

    # Found by use, as numpy moved them between 1.x and 2.x; files hold either place.
    rebuild = {'_reconstruct': np.zeros(1).__reduce__()[0], 'scalar': np.float64(0).__reduce__()[0]}
    places = ('numpy.core.multiarray', 'numpy._core.multiarray')
    codes = '?' + np.typecodes['AllInteger'] + np.typecodes['Float']
    torch.serialization.add_safe_globals(
        [
            history,
            (statistic, 'builtins.getattr'),
            np.ndarray,
            np.dtype,
            *{type(np.dtype(code)) for code in codes},
            *((call, f'{place}.{name}') for place in places for name, call in rebuild.items()),
        ]
    )
    if hasattr(module, '_safe_torch_load'):
        module._safe_torch_load = load
    module.load_url = functools.partial(module.load_url, weights_only=True)
    _refuse_clearly(module.CheckpointLoader)


def _refuse_clearly(loader: Any) -> None:
    """Name the file and what is wrong in one line; leave out the text that a resume would run.

    Of `meta['config']`, which old checkpoints hold, mmengine executes every line when it resumes.
    """
    inner = loader.load_checkpoint

    def load_checkpoint(
        cls: Any, filename: str, map_location: Any = None, logger: Any = 'current'
    ) -> Any:
        """As mmengine's; see there."""
        try:
            checkpoint = inner(filename, map_location, logger)
        except pickle.UnpicklingError as error:
            raise pickle.UnpicklingError(f'{filename}: {_reason(str(error))}') from None
        meta = checkpoint.get('meta') if isinstance(checkpoint, dict) else None
        if isinstance(meta, dict):
            meta.pop('config', None)
        return checkpoint

    loader.load_checkpoint = classmethod(load_checkpoint)


def _reason(text: str) -> str:
    """What torch's several paragraphs say."""
    if found := re.search(r'GLOBAL (\S+)|^.*(?= is not allowed in a checkpoint)', text, re.M):
        return f'refused: loading it could run code, as it holds {found[1] or found[0]}'
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and 'eights' not in line and 'torch.load' not in line]
    return f'not a checkpoint ({(said or ["it can not be read"])[-1]})'


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
