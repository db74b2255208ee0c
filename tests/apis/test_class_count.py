"""Data and model must have the same classes, also those that classify inside of a model."""

from types import SimpleNamespace

import pytest
from mmengine.config import Config
from mmengine.dataset import RepeatDataset
from torch import nn

from vared_mm.apis import check_classes
from vared_mm.datasets import VideoDataset
from vared_mm.registry import MODELS


def head(classes: int) -> nn.Module:
    made = nn.Linear(2, classes)
    made.num_classes = classes
    return made


@pytest.fixture
def dataset(tmp_path) -> VideoDataset:
    """Three classes, named; two of them have videos."""
    for name in 'ab':
        (tmp_path / f'{name}.mp4').touch()
    (tmp_path / 'list.txt').write_text('a.mp4 0\nb.mp4 1\n')
    (tmp_path / 'classes.txt').write_text('run\nwalk\nsit\n')
    options = dict(classes_file='classes.txt', data_root=str(tmp_path), data_prefix=dict(video=''))
    return VideoDataset('list.txt', [], **options)


@pytest.mark.parametrize('wrap', [lambda d: d, lambda d: RepeatDataset(d, 2)])
@pytest.mark.parametrize('count', [2, 3, 12])
def test_named_classes(dataset, wrap, count):
    model = nn.ModuleDict({'backbone': head(1000), 'cls_head': head(count)})
    if count == 3:
        check_classes(model, wrap(dataset), 'train_dataloader')
        return
    message = f'its data set has 3 classes, but model.cls_head.num_classes is {count}'
    with pytest.raises(ValueError, match=message):
        check_classes(model, wrap(dataset), 'train_dataloader')


def test_labels_alone_bound_from_below(dataset):
    dataset._metainfo, dataset.num_classes = {}, None
    check_classes(nn.ModuleDict({'cls_head': head(12)}), dataset, 'val_dataloader')
    with pytest.raises(ValueError, match='has labels up to 1, but model.cls_head.num_classes is 1'):
        check_classes(nn.ModuleDict({'cls_head': head(1)}), dataset, 'val_dataloader')


@pytest.mark.parametrize('name', ['ar_net_tiny', 'frame_exit_tiny'])
def test_classifiers_inside_are_seen(name, root, dataset):
    backbone = MODELS.build(
        Config.fromfile(root / f'configs/_base_/models/{name}.py').model.backbone
    )
    model = nn.ModuleDict({'backbone': backbone, 'cls_head': head(3)})
    with pytest.raises(ValueError, match='model.backbone.num_classes is 12'):
        check_classes(model, dataset, 'train_dataloader')


def test_other_data_tells_nothing():
    check_classes(nn.ModuleDict({'cls_head': head(3)}), SimpleNamespace(metainfo={}), 'x')
