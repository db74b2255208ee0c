"""Let mmengine train on a CPU what it trains on accelerators: many processes, half precision."""

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any
from unittest import mock


@contextlib.contextmanager
def start_processes_on_cpu(module: ModuleType) -> Iterator[None]:
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
def wrap_models_on_cpu(module: ModuleType) -> Iterator[None]:
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
def scale_losses_on_cpu(module: ModuleType) -> Iterator[None]:
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
def float16_on_cpu(module: ModuleType) -> Iterator[None]:
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
def losses_in_float32(module: ModuleType) -> Iterator[None]:
    """Give heads scores that NumPy knows; autocast computes losses in float32 anyway."""
    yield
    inner, half = module.BaseHead.loss_by_feat, module.torch.bfloat16

    @functools.wraps(inner)
    def loss_by_feat(self: Any, cls_scores: Any, data_samples: Any) -> dict:
        return inner(
            self, cls_scores.float() if cls_scores.dtype is half else cls_scores, data_samples
        )

    module.BaseHead.loss_by_feat = loss_by_feat
