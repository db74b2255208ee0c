"""Clips to train on, a few."""

from pathlib import Path

import pytest

from vared_mm.datasets.synthetic import make_moving_shapes


@pytest.fixture(scope='session')
def small_set(tmp_path_factory) -> list[str]:
    """Options that make a run of the demo one short epoch on a few clips."""
    folder: Path = tmp_path_factory.mktemp('clips') / 'set'
    make_moving_shapes(folder, {'train': 12, 'val': 2, 'test': 2}, frames=16)
    loaders = [f'{split}_dataloader' for split in ('train', 'val', 'test')]
    return [
        *(f'{loader}.dataset.data_root={folder}' for loader in loaders),
        *(f'{loader}.num_workers=0' for loader in loaders),
        *(f'{loader}.persistent_workers=False' for loader in loaders),
        'train_dataloader.batch_size=6',
        'train_cfg.max_epochs=1',
        'train_cfg.val_interval=1',
    ]
