"""What the tests of acceleration share."""

from importlib import import_module

import pytest
from torch import fx

from vared_mm.acceleration.cpu.native_pass import NativePass


@pytest.fixture
def without_compiler(monkeypatch) -> None:
    """The native code can not be built."""

    def fail() -> None:
        raise RuntimeError('no compiler')

    for name in ('cpu.accelerator', 'accelerate_training'):
        module = import_module(f'vared_mm.acceleration.{name}')
        monkeypatch.setattr(module, 'load_native', fail)


@pytest.fixture
def graphs(monkeypatch) -> list[fx.Graph]:
    """The graphs that are compiled, as the native pass leaves them."""
    seen = []

    class Watched(NativePass):
        def __call__(self, graph: fx.Graph) -> None:
            super().__call__(graph)
            copy = fx.Graph()
            copy.graph_copy(graph, {})
            seen.append(copy)

        def uuid(self) -> None:
            return None  # not from a cache

    module = import_module('vared_mm.acceleration.cpu.accelerator')
    monkeypatch.setattr(module, 'NativePass', Watched)
    return seen
