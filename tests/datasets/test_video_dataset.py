"""Videos reach the data sample; bad ones are named, counted, replaced or left out."""

import copy
import shutil

import pytest
from mmengine.dataset import pseudo_collate, worker_init_fn
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

from vared_mm.datasets import VideoDataset, VideoError, video_dataset

PIPELINE = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=2, test_mode=True),
    dict(type='vared_mm.PyAVRead'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename', 'motion')),
]


@pytest.fixture
def folder(moving_shapes, tmp_path):
    """Copy the training clips, to be damaged."""
    init_default_scope('mmaction')
    shutil.copytree(moving_shapes / 'train', tmp_path / 'train')
    for name in ('train.txt', 'classes.txt'):
        shutil.copy(moving_shapes / name, tmp_path)
    return tmp_path


@pytest.fixture
def warnings(monkeypatch) -> list[str]:
    warned = []
    monkeypatch.setattr(video_dataset, 'print_log', lambda message, *args: warned.append(message))
    return warned


def _build(folder, **kwargs) -> VideoDataset:
    return VideoDataset(
        'train.txt',
        PIPELINE,
        **{'delimiter': ',', 'columns': ('motion',), 'data_root': str(folder), **kwargs},
    )


def _damage(folder, *numbers: int) -> list[str]:
    paths = [folder / 'train' / f'{number:05d}.mp4' for number in numbers]
    for path in paths:
        path.write_bytes(b'not a video')
    return [str(path) for path in paths]


def test_sample(folder) -> None:
    dataset = _build(folder, classes_file='classes.txt')
    assert len(dataset) == 24
    assert dataset.metainfo['classes'][:2] == ['disc_right', 'disc_left']
    sample = dataset[13]
    assert sample['inputs'].shape == (1, 3, 2, 40, 56)
    assert sample['data_samples'].gt_label.item() == 1
    assert sample['data_samples'].motion == 1
    assert sample['data_samples'].filename == str(folder / 'train/00013.mp4')


def test_class_list_and_labels_must_agree(folder) -> None:
    with pytest.raises(ValueError, match='classes.txt: 12 names for 11 classes'):
        _build(folder, classes_file='classes.txt', num_classes=11)
    with pytest.raises(ValueError, match=r'train.txt:12: label 11 is out of range \(11 classes\)'):
        _build(folder, num_classes=11)
    with pytest.raises(FileNotFoundError, match='names.txt: no such class list'):
        _build(folder, classes_file='names.txt')


def test_missing_videos_are_left_out_of_training(folder, warnings) -> None:
    (folder / 'train/00003.mp4').unlink()
    dataset = _build(folder)
    assert len(dataset) == 23
    assert '1 of 24 videos cannot be used' in warnings[0]
    assert 'train/00003.mp4: no such file' in warnings[0]


def test_missing_videos_stop_testing(folder) -> None:
    (folder / 'train/00003.mp4').unlink()
    with pytest.raises(FileNotFoundError, match='1 of 24 .* the first: .*00003.mp4: no such file'):
        _build(folder, test_mode=True)
    with pytest.raises(VideoError, match='00003.mp4'):
        _build(folder, test_mode=True, check_files=False)[3]


def test_no_video_at_all_stops_training(folder) -> None:
    with pytest.raises(FileNotFoundError, match='24 of 24 videos cannot be used'):
        _build(folder, data_prefix=dict(video='elsewhere'))


def test_training_goes_on_past_undecodable_videos(folder, warnings) -> None:
    bad = _damage(folder, 3, 11)
    (folder / 'train/00020.mp4').unlink()
    bad.append(str(folder / 'train/00020.mp4'))
    dataset = _build(folder, check_files=False)
    loader = DataLoader(
        dataset,
        batch_size=4,
        num_workers=2,
        collate_fn=pseudo_collate,
        worker_init_fn=lambda worker: worker_init_fn(worker, 2, 0, 0),
    )
    taken = [sample.filename for batch in loader for sample in batch['data_samples']]
    assert len(taken) == 24 and not set(taken) & set(bad)
    # Met by the workers, counted here.
    assert dataset.undecodable == bad

    assert dataset[3]['data_samples'].filename not in bad
    assert not warnings
    fresh = _build(folder, check_files=False)
    for index in (3, 3, 11):
        fresh[index]
    # Each is named once, with a running count. The clip in its place is drawn by chance, so
    # that the third bad one may come up as well.
    for path in bad[:2]:
        assert sum(path in line for line in warnings) == 1
    assert all(f'({i + 1} undecodable so far)' in line for i, line in enumerate(warnings))


def test_training_on_bad_videos_only_stops(folder, warnings) -> None:
    _damage(folder, *range(24))
    with pytest.raises(VideoError, match=r'\.mp4: .*nor could the 20 before it'):
        _build(folder)[0]


def test_testing_stops_at_an_undecodable_video(folder) -> None:
    _damage(folder, 3)
    dataset = _build(folder, test_mode=True)
    assert dataset[2]['data_samples'].filename.endswith('00002.mp4')
    with pytest.raises(VideoError, match='00003.mp4'):
        dataset[3]


def test_testing_leaves_undecodable_videos_out_if_told(folder, warnings) -> None:
    _damage(folder, 3)
    (folder / 'train/00004.mp4').unlink()
    dataset = _build(folder, test_mode=True, skip_undecodable=True)
    names = [dataset[i]['data_samples'].filename[-9:-4] for i in range(len(dataset))]
    assert names == [f'{i:05d}' for i in range(24) if i not in (3, 4)]
    assert '00004.mp4: no such file' in warnings[0]
    assert '1 of 23 videos' in warnings[1] and '00003.mp4: ' in warnings[1]


def test_subset_is_a_data_set_of_its_own(folder, warnings) -> None:
    _damage(folder, 3)
    whole = _build(folder)
    part = copy.copy(whole.get_subset([3, 4]))
    assert part[0]['data_samples'].filename.endswith('00004.mp4')
    assert part.undecodable == [str(folder / 'train/00003.mp4')] and whole.undecodable == []


def test_multi_label_lists_are_refused(folder) -> None:
    with pytest.raises(ValueError, match='multi_class'):
        _build(folder, multi_class=True)
