"""Where there is no GPU, kernels run by Triton's interpreter, and graphs are stood in for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module, reload

import pytest
import torch

triton = pytest.importorskip('triton')
ON_GPU = torch.cuda.is_available()


@contextmanager
def interpreted() -> Iterator[None]:
    """Within this context kernels are decorated, and run, for the interpreter."""
    with triton.knobs.runtime.scope():
        triton.knobs.runtime.interpret = True
        yield


def _interpret_kernels() -> None:
    """Decorate all kernels for the interpreter, Triton's own too: those are imported already."""
    with interpreted():
        reload(triton.language.standard)
        reload(triton.language)
        import_module('vared_mm.acceleration.gpu.accelerator')


if not ON_GPU:
    _interpret_kernels()


@pytest.fixture(autouse=True)
def kernels_that_run(monkeypatch) -> Iterator[None]:
    """Kernels that run here, in float32 to its full precision."""
    if ON_GPU:
        monkeypatch.setattr(torch.backends.cudnn, 'allow_tf32', False)
        monkeypatch.setattr(torch.backends.cuda.matmul, 'allow_tf32', False)
        yield
        return
    # Sums and products are looked at for overflow, twice as slowly, even with assertions off.
    builder = triton.runtime.interpreter.interpreter_builder
    monkeypatch.setattr(builder, 'options', replace(builder.options, sanitize_overflow=False))
    with interpreted():
        yield


@pytest.fixture(scope='session')
def device() -> str:
    """The GPU, or the CPU where the interpreter stands for one."""
    return 'cuda' if ON_GPU else 'cpu'


@pytest.fixture
def gpu_path(monkeypatch) -> None:
    """Models are accelerated as on a GPU."""
    if ON_GPU:
        return
    gpu = import_module('vared_mm.acceleration.gpu.accelerator')
    accelerate = import_module('vared_mm.acceleration.accelerate')
    graphed_forward = import_module('vared_mm.acceleration.gpu.graphed_forward')
    monkeypatch.setattr(
        accelerate,
        '_accelerator_for',
        lambda _model, dtype: gpu.GpuAccelerator(dtype or torch.float32),
    )
    recorded_graph = import_module('tests.acceleration.gpu.recorded_graph')
    monkeypatch.setattr(graphed_forward, 'capture', recorded_graph.capture)
