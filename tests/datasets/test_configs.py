"""The pipelines of configs/_base_/datasets give what models take."""

import pytest
import torch
from mmengine import Config
from mmengine.registry import DATASETS, init_default_scope


def _sample(root, name: str, split: str, moving_shapes) -> dict:
    init_default_scope('mmaction')
    config = Config.fromfile(root / f'configs/_base_/datasets/{name}.py')
    dataset = config[f'{split}_dataloader'].dataset
    dataset.data_root = str(moving_shapes)
    if name.startswith('mini'):
        dataset.columns = ('motion',)
    return DATASETS.build(dataset)[7]


@pytest.mark.parametrize(('split', 'views'), [('train', 1), ('val', 1), ('test', 9)])
def test_moving_shapes(split, views, root, moving_shapes) -> None:
    sample = _sample(root, 'moving_shapes', split, moving_shapes)
    assert sample['inputs'].shape == (views, 3, 8, 32, 32)
    assert sample['inputs'].dtype == torch.uint8
    assert sample['data_samples'].gt_label.item() == 7
    assert sample['data_samples'].motion == 0


@pytest.mark.parametrize(('name', 'frames'), [('', 16), ('_8f', 8), ('_32f', 32)])
@pytest.mark.parametrize(('split', 'views'), [('train', 1), ('val', 1), ('test', 30)])
def test_mini_kinetics(name, frames, split, views, root, moving_shapes) -> None:
    sample = _sample(root, f'mini_kinetics200_rgb{name}', split, moving_shapes)
    assert sample['inputs'].shape == (views, 3, frames, 128, 128)


def test_no_motion_is_turned_round_by_training(root) -> None:
    config = Config.fromfile(root / 'configs/_base_/datasets/moving_shapes.py')
    assert 'Flip' not in [step.type for step in config.train_dataloader.dataset.pipeline]


def test_views_are_the_same_each_time(root, moving_shapes) -> None:
    one, other = (_sample(root, 'moving_shapes', 'test', moving_shapes) for _ in range(2))
    assert torch.equal(one['inputs'], other['inputs'])
    # Crop by crop: left, right, middle, each with the three clips; crops differ.
    assert not torch.equal(one['inputs'][0], one['inputs'][3])
