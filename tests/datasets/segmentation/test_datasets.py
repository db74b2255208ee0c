"""Pairs of files are complete, and each half that is missing is named."""

import pytest
from mmengine.registry import DATASETS
from mmseg.datasets import ADE20KDataset as UpstreamADE20KDataset

from vared_mm.datasets import ADE20KDataset, SceneDataset

PREFIX = dict(img_path='images/training', seg_map_path='annotations/training')


def build(folder, **kwargs) -> SceneDataset:
    settings = dict(type='vared_mm.SceneDataset', data_root=str(folder), data_prefix=PREFIX)
    return DATASETS.build({**settings, **kwargs})


def test_scenes(scenes):
    dataset = build(scenes)
    names = ('plain', 'stripes', 'checks', 'disc', 'triangle', 'cross')
    assert dataset.metainfo['classes'] == names and len(dataset) == 3
    info = dataset.get_data_info(1)
    assert info['img_path'] == f'{scenes}/images/training/00001.jpg'
    assert info['seg_map_path'] == f'{scenes}/annotations/training/00001.png'
    assert info['reduce_zero_label'] is True


def test_ade20k_is_that_of_mmsegmentation(scenes):
    dataset = build(scenes, type='vared_mm.ADE20KDataset')
    assert isinstance(dataset, UpstreamADE20KDataset) and type(dataset) is ADE20KDataset
    assert len(dataset.metainfo['classes']) == 150 and len(dataset) == 3
    assert dataset.reduce_zero_label


def test_a_missing_label_file(spoiled):
    (spoiled / 'annotations/training/00001.png').unlink()
    for kind in ('SceneDataset', 'ADE20KDataset'):
        with pytest.raises(FileNotFoundError) as error:
            build(spoiled, type=f'vared_mm.{kind}')
        assert str(error.value) == (
            f'{spoiled}/annotations/training/00001.png: no such label file, for '
            f'{spoiled}/images/training/00001.jpg'
        )
    assert len(build(spoiled, check_pairs=False)) == 3


def test_missing_images(spoiled):
    for number in (0, 2):
        (spoiled / f'images/training/0000{number}.jpg').unlink()
    with pytest.raises(FileNotFoundError) as error:
        build(spoiled)
    assert str(error.value) == (
        f'{spoiled}/images/training/00000.jpg: no such image, for '
        f'{spoiled}/annotations/training/00000.png (2 files are missing)'
    )


def test_a_list_names_a_part_of_the_folder(spoiled):
    (spoiled / 'part.txt').write_text('00000\n00002\n')
    assert len(build(spoiled, ann_file='part.txt')) == 2
    (spoiled / 'part.txt').write_text('00000\n00009\n')
    with pytest.raises(FileNotFoundError, match=r'00009.png: no such label file'):
        build(spoiled, ann_file='part.txt')


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        (dict(data_prefix=dict(PREFIX, img_path='images/none')), 'images/none: no such folder'),
        (dict(data_prefix=dict(PREFIX, img_path='images/testing')), r'testing: no \*.jpg in it'),
        (dict(classes_file='names.txt'), 'names.txt: no such class list'),
    ],
)
def test_wrong_folders(scenes, wrong, message):
    with pytest.raises(FileNotFoundError, match=message):
        build(scenes, **wrong)


def test_an_empty_class_list(spoiled):
    (spoiled / 'classes.txt').write_text('\n')
    with pytest.raises(ValueError, match=r'classes.txt: empty class list'):
        build(spoiled)
