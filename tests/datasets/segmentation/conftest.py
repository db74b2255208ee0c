"""A small set of shape scenes, and copies of it to spoil."""

import shutil
from pathlib import Path

import pytest
from mmengine.registry import init_default_scope

from vared_mm.datasets.synthetic import make_shape_scenes


@pytest.fixture(autouse=True)
def scope() -> None:
    """Unprefixed types are mmsegmentation's, as in the configs."""
    init_default_scope('mmseg')


@pytest.fixture(scope='session')
def scenes(tmp_path_factory) -> Path:
    """Three scenes of training, two to validate."""
    folder = tmp_path_factory.mktemp('scenes') / 'set'
    return make_shape_scenes(folder, {'training': 3, 'validation': 2, 'testing': 0})


@pytest.fixture
def spoiled(scenes, tmp_path) -> Path:
    """A copy of the set."""
    return Path(shutil.copytree(scenes, tmp_path / 'set'))
