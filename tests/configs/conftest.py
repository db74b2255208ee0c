"""Configs, and clips to run them on."""

from pathlib import Path

import pytest

from vared_mm.datasets.synthetic import make_moving_shapes


@pytest.fixture(scope='session')
def clips(tmp_path_factory) -> Path:
    """A few tiny clips, with lists as the data sets' configs name them."""
    folder = tmp_path_factory.mktemp('clips') / 'set'
    sizes = {'train': 2, 'val': 1, 'test': 1}
    return make_moving_shapes(folder, sizes, width=48, height=36, frames=10)
