"""Tools, run inside the test's process, and a quick run of the demo's recipes."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from vared_mm.datasets.synthetic import make_moving_shapes

ROOT = Path(__file__).parents[2]
RECIPES = ('static', 'vared-t2c2')


def _run(tool: str, *words: str | Path) -> int:
    """Run a tool of `tools/` from the checkout's folder; return its exit status."""
    path = str(ROOT / 'tools' / tool)
    with (
        pytest.MonkeyPatch.context() as patch,
        mock.patch.object(sys, 'argv', [path, *map(str, words)]),
    ):
        patch.chdir(ROOT)
        patch.syspath_prepend(str(ROOT / 'tools'))  # as Python does for a script
        try:
            runpy.run_path(path, run_name='__main__')
        except SystemExit as end:
            return int(end.code or 0)
    return 0


@pytest.fixture(scope='session')
def run_tool() -> Callable[..., int]:
    """Run `run_tool('train.py', config, ...)`; gives the exit status."""
    return _run


@pytest.fixture(scope='session')
def clips(tmp_path_factory) -> Path:
    """A few clips of the demo's data set; one of every class to train on."""
    folder = tmp_path_factory.mktemp('clips') / 'set'
    return make_moving_shapes(folder, {'train': 12, 'val': 4, 'test': 4}, frames=10)


@pytest.fixture(scope='session')
def quick(clips) -> list[str]:
    """Options that make a run of the demo one short epoch on these clips."""
    loaders = [f'{split}_dataloader' for split in ('train', 'val', 'test')]
    return [
        *(f'{loader}.dataset.data_root={clips}' for loader in loaders),
        *(f'{loader}.num_workers=0' for loader in loaders),
        *(f'{loader}.persistent_workers=False' for loader in loaders),
        *(f'{loader}.batch_size=4' for loader in loaders),
        'train_cfg.max_epochs=1',
        'train_cfg.val_interval=1',
        'default_hooks.checkpoint.interval=1',
    ]


@pytest.fixture(scope='session')
def trained(tmp_path_factory, quick) -> dict[str, Path]:
    """Checkpoints of the demo's recipes after one quick epoch, by method."""
    found = {}
    for method in RECIPES:
        config = f'configs/demo/{method}_r2plus1d-tiny_moving-shapes.py'
        folder = tmp_path_factory.mktemp(method)
        assert _run('train.py', config, '--work-dir', folder, '--cfg-options', *quick) == 0
        found[method] = folder / 'epoch_1.pth'
    return found
