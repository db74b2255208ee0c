"""Pipelines are those of the data loaders, whatever variables a config has."""

import pytest
from mmengine.config import Config

from vared_mm.datasets import loader_datasets, loader_pipeline

ONE, OTHER = [dict(type='A')], [dict(type='B')]


def config(dataset, split='test') -> Config:
    return Config({'val_pipeline': OTHER, f'{split}_dataloader': {'dataset': dataset}})


@pytest.mark.parametrize(
    'dataset',
    [
        dict(type='D', pipeline=ONE),
        dict(type='RepeatDataset', times=2, dataset=dict(type='D', pipeline=ONE)),
        dict(
            type='ConcatDataset',
            datasets=[
                dict(type='D', pipeline=ONE),
                dict(type='RepeatDataset', dataset=dict(type='E', pipeline=ONE)),
            ],
        ),
    ],
)
@pytest.mark.parametrize('split', ['val', 'test'])
def test_of_the_loader_out_of_its_wrappers(dataset, split):
    """A config without validation lends the pipeline of testing."""
    assert loader_pipeline(config(dataset), split) == ONE
    assert {one.type for one in loader_datasets(config(dataset), 'test')} <= {'D', 'E'}


@pytest.mark.parametrize(
    ('dataset', 'message'),
    [
        (None, 'key test_dataloader.dataset is missing'),
        (dict(type='D'), 'has no pipeline'),
        (dict(datasets=[dict(pipeline=ONE), dict(pipeline=OTHER)]), 'has several pipelines'),
    ],
)
def test_what_can_not_be_told_is_refused(dataset, message):
    with pytest.raises(ValueError, match=message):
        loader_pipeline(config(dataset), 'val')
