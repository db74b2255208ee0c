"""A small set of acting shapes in both layouts."""

import shutil
from pathlib import Path

import pytest

from vared_mm.datasets.synthetic import make_acting_shapes

CLASSES = [f'{s}_{axis}' for s in ('disc', 'triangle') for axis in ('sideways', 'up_and_down')]


@pytest.fixture(scope='session')
def acting_shapes(tmp_path_factory) -> Path:
    """4 videos of 5 frames to train on, 2 to test on; not to be changed."""
    folder = tmp_path_factory.mktemp('acting') / 'set'
    sizes = {'train': 4, 'test': 2}
    return make_acting_shapes(folder, sizes, frames=5, shapes=('disc', 'triangle'))


@pytest.fixture
def spoiled(acting_shapes, tmp_path) -> Path:
    """A copy of it to be changed."""
    return Path(shutil.copytree(acting_shapes, tmp_path / 'set'))


@pytest.fixture
def classes() -> list[str]:
    """Its classes, by label."""
    return CLASSES
