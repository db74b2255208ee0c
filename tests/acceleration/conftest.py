"""What the tests of acceleration share."""

from importlib import import_module

import pytest


@pytest.fixture
def without_compiler(monkeypatch) -> None:
    """The native code can not be built."""

    def fail() -> None:
        raise RuntimeError('no compiler')

    for name in ('accelerate', 'accelerate_training'):
        module = import_module(f'vared_mm.acceleration.{name}')
        monkeypatch.setattr(module, 'load_native', fail)
