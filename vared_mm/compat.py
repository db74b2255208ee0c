"""Every quirk of the upstream packages, in one place; nothing else touches their privates.

`apply()` imports none of them. It puts a finder in front of Python's own, which runs a small
patch around the first import of the module that the patch is for. So a quirk costs nothing where
it is not met; all that matters is that `vared_mm` is imported before `mmaction`.

| quirk | public issue |
|---|---|
| mmaction2's wheel lacks `mmaction.models.localizers.drn` | open-mmlab/mmaction2#2714 |
| mmaction2 (mmsegmentation 1.2 too) refuses mmcv >= 2.2 | open-mmlab/mmaction2#2852 |
| `mmcv.ops` can't be imported without compiled ops | open-mmlab/mmcv#204 |
| mmengine can't resume, or resumes unsafely, under torch >= 2.6 | open-mmlab/mmengine#1655 |
| mmengine runs code of a checkpoint: what it downloads, and configs inside it | none found |
| mmengine trains data-parallel on accelerators only | none found |
| mmengine trains in mixed precision on accelerators only | none found |
| mmaction2's heads can't turn bfloat16 scores into an array | none found |
| mmsegmentation prints a debug note when imported | none found |
"""

import contextlib
import functools
import importlib.abc
import io
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np

_HISTORY_STATISTICS = ('min', 'max', 'current', 'mean')


@contextlib.contextmanager
def _accept_newer_mmcv(module: ModuleType) -> Iterator[None]:
    """Show an mmcv version that the package accepts, while it looks (mmaction2#2852)."""
    mmcv = importlib.import_module('mmcv')
    major, minor = (int(part) for part in mmcv.__version__.split('.')[:2])
    shown = '2.1.0' if (major, minor) >= (2, 2) else mmcv.__version__
    with mock.patch.object(mmcv, '__version__', shown):
        yield


@contextlib.contextmanager
def _stand_in_for_drn(module: ModuleType) -> Iterator[None]:
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
def _stand_in_for_ops(module: ModuleType) -> Iterator[None]:
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
def _safe_resume(module: ModuleType) -> Iterator[None]:
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
def _no_config_from_weights(module: ModuleType) -> Iterator[None]:
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
def _start_processes_on_cpu(module: ModuleType) -> Iterator[None]:
    """Without a CUDA device, set none (no `_cuda_setDevice`) and talk through gloo."""
    yield
    torch = module.torch

    def on_cpu_too(init: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(init)
        def wrapped(backend: str, **kwargs: Any) -> None:
            if torch.cuda.is_available():
                return init(backend, **kwargs)
            with (
                mock.patch.object(torch.cuda, 'set_device'),
                mock.patch.object(torch.cuda, 'device_count', return_value=1),
            ):
                return init('gloo' if backend == 'nccl' else backend, **kwargs)

        return wrapped

    for name in ('_init_dist_pytorch', '_init_dist_mpi', '_init_dist_slurm'):
        setattr(module, name, on_cpu_too(getattr(module, name)))


@contextlib.contextmanager
def _wrap_models_on_cpu(module: ModuleType) -> Iterator[None]:
    """A model on the CPU is wrapped with `device_ids=None`; torch refuses anything else."""
    yield
    wrapper = module.MMDistributedDataParallel
    init = wrapper.__init__

    @functools.wraps(init)
    def wrapped(self: Any, module: Any, *args: Any, **kwargs: Any) -> None:
        if all(parameter.device.type == 'cpu' for parameter in module.parameters()):
            kwargs['device_ids'] = None
        init(self, module, *args, **kwargs)

    wrapper.__init__ = wrapped


@contextlib.contextmanager
def _scale_losses_on_cpu(module: ModuleType) -> Iterator[None]:
    """Mixed precision without an accelerator too: torch has autocast and a scaler for the CPU."""
    yield
    torch, wrapper = module.torch, module.AmpOptimWrapper
    init = wrapper.__init__

    @functools.wraps(init)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> None:
        if importlib.import_module('mmengine.device').get_device() != 'cpu':
            return init(self, *args, **kwargs)
        scaler = functools.partial(torch.amp.GradScaler, device='cpu')
        with (
            mock.patch.object(module, 'is_cuda_available', return_value=True),
            mock.patch.object(module, 'GradScaler', scaler),
        ):
            init(self, *args, **kwargs)

    wrapper.__init__ = wrapped


@contextlib.contextmanager
def _float16_on_cpu(module: ModuleType) -> Iterator[None]:
    """Let a CPU compute in float16; mmengine knows bfloat16 only."""
    yield
    torch, inner = module.torch, module.autocast

    @functools.wraps(inner)
    def autocast(
        device_type: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> AbstractContextManager[None]:
        if dtype is torch.float16 and (device_type or module.get_device()) == 'cpu':
            return torch.autocast('cpu', dtype=dtype, **kwargs)
        return inner(device_type, dtype, **kwargs)

    module.autocast = autocast


@contextlib.contextmanager
def _losses_in_float32(module: ModuleType) -> Iterator[None]:
    """Give heads scores that NumPy knows; autocast computes losses in float32 anyway."""
    yield
    inner, half = module.BaseHead.loss_by_feat, module.torch.bfloat16

    @functools.wraps(inner)
    def loss_by_feat(self: Any, cls_scores: Any, data_samples: Any) -> dict:
        return inner(
            self, cls_scores.float() if cls_scores.dtype is half else cls_scores, data_samples
        )

    module.BaseHead.loss_by_feat = loss_by_feat


@contextlib.contextmanager
def _without_debug_note(module: ModuleType) -> Iterator[None]:
    """Keep back the note about an optional package that nobody here asked for."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        yield
    for line in printed.getvalue().splitlines():
        if line != 'Could not import OneDL':
            print(line)


_PATCHES: dict[str, Callable[[ModuleType], AbstractContextManager[None]]] = {
    'mmaction': _accept_newer_mmcv,
    'mmseg': _accept_newer_mmcv,
    'mmaction.models.localizers': _stand_in_for_drn,
    'mmaction.models.heads.base': _losses_in_float32,
    'mmcv.utils.ext_loader': _stand_in_for_ops,
    'mmengine.infer.infer': _no_config_from_weights,
    'mmengine.runner.checkpoint': _safe_resume,
    'mmengine.optim.optimizer.amp_optimizer_wrapper': _scale_losses_on_cpu,
    'mmengine.runner.amp': _float16_on_cpu,
    'mmengine.dist.utils': _start_processes_on_cpu,
    'mmengine.model.wrappers.distributed': _wrap_models_on_cpu,
    'mmseg.datasets': _without_debug_note,
}


class _PatchFinder(importlib.abc.MetaPathFinder):
    """Find a module as usual, and have it executed inside its patch."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in _PATCHES:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                with _PATCHES[name](module):
                    run(module)

            spec.loader.exec_module = exec_module
        return spec


def apply() -> None:
    """Make the installed upstream packages work together; a second call does nothing."""
    if any(isinstance(finder, _PatchFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _PatchFinder())
    for name in _PATCHES.keys() & sys.modules.keys():
        with _PATCHES[name](sys.modules[name]):
            pass
