"""Annotations are read line by line, files are probed once, lists hold what can be read."""

import json
import os
import shutil
from pathlib import Path, PurePath

import pytest

from vared_mm.datasets.preparation import (
    Probe,
    ProbeCache,
    Split,
    build_lists,
    index_videos,
    probe,
    probe_video,
    read_class_list,
    read_kinetics,
    read_moments,
    read_moments_categories,
    read_released_validation,
)
from vared_mm.datasets.video_list import read_video_list

CLASSES = ['archery', 'yoga']


def _write(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(
        b'\n'.join(line if isinstance(line, bytes) else line.encode() for line in lines)
    )
    return path


def test_class_lists() -> None:
    kinetics, mini = read_class_list('kinetics400'), read_class_list('mini_kinetics200')
    assert (len(kinetics), len(mini)) == (400, 200)
    assert kinetics == sorted(set(kinetics)) and mini == sorted(set(mini))
    assert set(mini) < set(kinetics)


def test_released_validation_is_what_was_released(shared_dir) -> None:
    lines = (shared_dir / 'annotations/mini_kinetics200_val_as_released.txt').read_text()
    released = [line.split(';') for line in lines.splitlines()]
    found = read_released_validation()
    assert [(PurePath(path).name, int(label)) for path, _, label in released] == [
        (video.name, video.label) for video in found.videos
    ]
    folders = {(PurePath(path).parent.name, int(label)) for path, _, label in released}
    assert folders == {(name, i) for i, name in enumerate(read_class_list('mini_kinetics200'))}


def test_released_validation_is_whole() -> None:
    found = read_released_validation()
    assert len({video.name for video in found.videos}) == len(found.videos) == 9867
    assert {video.label for video in found.videos} == set(range(200))
    assert (found.bad_lines, found.left_out) == ([], 0)


def test_kinetics_lines(tmp_path) -> None:
    path = _write(
        tmp_path / 'train.csv',
        b'\xef\xbb\xbflabel,youtube_id,time_start,time_end,split,is_cc',
        'yoga,-3B32lodo2M,59,69,train,0',
        '"archery",_dbcJuKJQNs,4,14,train,0',
        'zumba,AAAAAAAAAAA,0,10,train,0',
        '',
        'yogaa,AAAAAAAAAAB,0,10,train,0',
        'yoga,tooshort,0,10,train,0',
        'yoga,AAAAAAAAAAC,zero,10,train,0',
        'yoga,AAAAAAAAAAD,0,10',
        '"yoga,AAAAAAAAAAE,0,10,train,0',
        b'yoga,AAAAAAA\xe9AAF,0,10,train,0',
        'yoga,AAAAAAAAAAG,1,11,train,0',
    )
    found = read_kinetics(path, CLASSES)
    assert [(video.name, video.label, video.where) for video in found.videos] == [
        ('-3B32lodo2M_000059_000069', 1, 'train.csv:2'),
        ('_dbcJuKJQNs_000004_000014', 0, 'train.csv:3'),
        ('AAAAAAAAAAG_000001_000011', 1, 'train.csv:12'),
    ]
    assert found.left_out == 1
    assert [line.split(': ')[:2] for line in found.bad_lines] == [
        ['train.csv:6', 'unknown class'],
        ['train.csv:7', 'no YouTube id of 11 characters'],
        ['train.csv:8', 'times are no whole seconds'],
        ['train.csv:9', 'expected 6 fields, got 4'],
        ['train.csv:10', 'unexpected end of data'],
        ['train.csv:11', 'no YouTube id of 11 characters'],
    ]


def test_kinetics_file_must_say_what_it_holds(tmp_path) -> None:
    with pytest.raises(ValueError, match='its first line names no column label, time_end'):
        read_kinetics(_write(tmp_path / 'test.csv', 'youtube_id,time_start,split'), CLASSES)
    with pytest.raises(ValueError, match=r'empty.csv: empty annotation file'):
        read_kinetics(_write(tmp_path / 'empty.csv', '', ' '), CLASSES)
    with pytest.raises(FileNotFoundError, match=r'no.csv: no such annotation file'):
        read_kinetics(tmp_path / 'no.csv', CLASSES)


def test_moments_lines(tmp_path) -> None:
    path = _write(
        tmp_path / 'trainingSet.csv',
        'yoga/flickr 1, 2.mp4,yoga,3,0',
        '"yoga/flickr 1, 2.mp4",yoga,3,0',
        'archery/yt-_1.mp4,archery,3,0',
        'archery.mp4,archery,3,0',
        'archery/../../x.mp4,archery,3,0',
        'archery/yt-2.mp4',
        'diving/yt-2.mp4,diving,3,1',
    )
    found = read_moments(path, CLASSES)
    assert [(video.name, video.label) for video in found.videos] == [
        ('yoga/flickr 1, 2.mp4', 1),
        ('archery/yt-_1.mp4', 0),
    ]
    assert [line.split(': ')[:2] for line in found.bad_lines] == [
        ['trainingSet.csv:1', 'unknown class'],
        ['trainingSet.csv:4', 'no path class/video.mp4'],
        ['trainingSet.csv:5', 'no path class/video.mp4'],
        ['trainingSet.csv:6', 'expected "class/video.mp4,class,..."'],
        ['trainingSet.csv:7', 'unknown class'],
    ]


@pytest.mark.parametrize(
    ('lines', 'message'),
    [
        (['yoga,0', 'archery'], 'categories.txt:2: expected "name,number"'),
        (['yoga,0', 'archery,0'], 'categories.txt:2: .* seen before'),
        (['yoga,0', 'archery,2'], 'numbers of 2 classes must be 0 to 1'),
    ],
)
def test_moments_categories(lines, message, tmp_path) -> None:
    good = _write(tmp_path / 'good.txt', 'yoga,1', 'adult+male+singing,0', '')
    assert read_moments_categories(good) == ['adult+male+singing', 'yoga']
    with pytest.raises(ValueError, match=message):
        read_moments_categories(_write(tmp_path / 'categories.txt', *lines))


def test_probe(numbered_video, tmp_path) -> None:
    path = Path(numbered_video('whole.mp4', frames=12, fps=10))
    found = probe_video(path)
    assert (found.frames, found.fps, found.verified, found.error) == (12, 10.0, False, '')
    assert probe_video(path, verify=True).verified
    assert probe_video(tmp_path / 'none.mp4').error == 'No such file or directory'
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : third + 500] = bytes(500)
    damaged = tmp_path / 'damaged.mp4'
    damaged.write_bytes(content)
    assert not probe_video(damaged).error
    assert probe_video(damaged, verify=True).error


def test_files_are_probed_once(numbered_video, tmp_path, monkeypatch) -> None:
    files = [tmp_path / f'{name}.mp4' for name in 'abc']
    for file in files[:2]:
        shutil.copy(numbered_video('short.mp4', frames=5), file)
    files[2].write_bytes(b'no video')
    looked = []

    def look(path: Path, verify: bool = False) -> Probe:
        looked.append(path.name)
        return probe_video(path, verify)

    monkeypatch.setattr(probe, 'probe_video', look)

    def run(**kwargs) -> list[str]:
        looked.clear()
        found = ProbeCache(tmp_path / 'probes.jsonl', tmp_path).probe(files, 2, **kwargs)
        assert [found[file].frames for file in files] == [5, 5, 0]
        return sorted(looked)

    assert run() == ['a.mp4', 'b.mp4', 'c.mp4']
    assert run() == ['c.mp4']  # a bad one is looked at again: it may be mended
    os.utime(files[0], ns=(1, 1))
    assert run() == ['a.mp4', 'c.mp4']
    assert run(verify=True) == ['a.mp4', 'b.mp4', 'c.mp4']
    assert run(verify=True) == run() == ['c.mp4']
    # A run that was killed leaves half a line; the next one goes on after it.
    cache = tmp_path / 'probes.jsonl'
    cache.write_text(cache.read_text().splitlines()[1][:-7])
    assert run() == ['a.mp4', 'b.mp4', 'c.mp4']
    assert run() == ['c.mp4']


@pytest.fixture
def tree(numbered_video, tmp_path) -> Path:
    """Make a folder with files of three videos, one of them twice."""
    root = tmp_path / 'all videos'
    for name in ('train/yoga, hot/A.mp4', 'replaced/A.mp4', 'train/B.MP4', 'val/C.mp4'):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(numbered_video('short.mp4', frames=5), root / name)
    (root / 'train/notes.txt').write_text('no video')
    return root


def _split(tmp_path: Path, root: Path, file: str, *lines: str) -> Split:
    path = _write(tmp_path / file, *lines)
    found = read_moments(path, CLASSES)
    for number, video in enumerate(found.videos):
        found.videos[number] = type(video)(PurePath(video.name).stem, video.label, video.where)
    return Split(found, index_videos(root, lambda path: path.stem))


def test_lists_hold_the_first_good_file(tree, tmp_path) -> None:
    split = _split(tmp_path, tree, 'train.csv', 'yoga/A.mp4,yoga', 'x/B.mp4,archery')
    out = tmp_path / 'lists'
    report = build_lists(tree, out, {'train': split}, CLASSES)['train']
    assert (out / 'train.txt').read_text() == (
        '../all videos/replaced/A.mp4,1\n../all videos/train/B.MP4,0\n'
    )
    assert report.duplicate == ['A has 2 files: replaced/A.mp4, train/yoga, hot/A.mp4']
    (tree / 'replaced/A.mp4').write_bytes(b'')
    report = build_lists(tree, out, {'train': split}, CLASSES)['train']
    assert report.unreadable == ['replaced/A.mp4: Invalid data found when processing input']
    assert (report.listed, report.frames) == (2, 10)
    listed = read_video_list(str(out / 'train.txt'), ',')
    assert listed[0] == {'filename': '../all videos/train/yoga, hot/A.mp4', 'label': 1}
    assert all((out / video['filename']).is_file() for video in listed)
    assert json.loads((out / 'report.json').read_text())['unlisted_files'] == 1


def test_lists_behind_a_link_find_their_videos(tree, tmp_path) -> None:
    (tmp_path / 'elsewhere/deep').mkdir(parents=True)
    out = tmp_path / 'link'
    out.symlink_to(tmp_path / 'elsewhere/deep')
    split = _split(tmp_path, tree, 'train.csv', 'x/B.mp4,archery')
    build_lists(tree, out, {'train': split}, CLASSES)
    (video,) = read_video_list(str(out / 'train.txt'), ',')
    assert (out / video['filename']).is_file()


def test_nobody_trains_on_a_validation_video(tree, tmp_path) -> None:
    splits = {
        'train': _split(
            tmp_path, tree, 'train.csv', 'x/A.mp4,yoga', 'x/C.mp4,yoga', 'y/A.mp4,archery'
        ),
        'val': _split(tmp_path, tree, 'val.csv', 'x/C.mp4,yoga'),
    }
    reports = build_lists(tree, tree, splits, CLASSES)
    assert (tree / 'train.txt').read_text() == 'replaced/A.mp4,1\n'
    assert (tree / 'val.txt').read_text() == 'val/C.mp4,1\n'
    assert reports['train'].duplicate[:2] == [
        'train.csv:2: C is annotated at val.csv:1 already',
        'train.csv:3: A is annotated at train.csv:1 already, as another class',
    ]
    assert reports['train'].classes_without_video == ['archery']
    assert (tree / 'classes.txt').read_text() == 'archery\nyoga\n'


def test_no_list_without_videos(tree, tmp_path) -> None:
    splits = {
        'train': _split(tmp_path, tree, 'train.csv', 'x/D.mp4,yoga', 'bad'),
        'val': _split(tmp_path, tree, 'val.csv', 'x/C.mp4,yoga'),
    }
    message = r'train: no video of train.csv is left \(1 missing, 1 bad lines, 2 classes without'
    with pytest.raises(ValueError, match=message):
        build_lists(tree, tree, splits, CLASSES)
    assert (tree / 'val.txt').exists() and not (tree / 'train.txt').exists()
    assert json.loads((tree / 'report.json').read_text())['splits']['train']['missing'] == ['D']


def test_folder_of_videos(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match='holds no video file'):
        index_videos(tmp_path, PurePath.as_posix)
    with pytest.raises(FileNotFoundError, match='no such folder'):
        index_videos(tmp_path / 'none', PurePath.as_posix)
