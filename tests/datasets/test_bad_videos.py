"""Damaged, unusual and hostile videos: the frames that are used are right, the others are named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope

from tests.datasets.bad_videos import (
    BAD_VIDEOS,
    FRAMES,
    draw,
    encode,
    encoder_of,
    write_corpus,
    write_flipped,
)
from vared_mm.datasets import (
    DecodingLimits,
    EncodedVideo,
    VideoDataset,
    VideoError,
    containers,
    video_dataset,
)

ROOT = Path(__file__).parents[2]
PIPELINE = [
    dict(type='vared_mm.PyAVOpen'),
    dict(type='SampleFrames', clip_len=4, frame_interval=6, test_mode=True),
    dict(type='vared_mm.PyAVRead'),
    dict(type='Resize', scale=(8, 8), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]


@pytest.fixture(scope='module')
def corpus(tmp_path_factory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp('bad_videos')
    return folder, write_corpus(folder)


def _looks_as_drawn(image: np.ndarray, number: int, name: str) -> bool:
    turned = name.startswith('turned')
    image = np.rot90(image, -1) if turned else image
    drawn = np.stack([draw(i, *image.shape[:2]) for i in range(FRAMES)])
    away = np.abs(image.astype(int) - drawn).mean(axis=(1, 2, 3))
    nearest = away[number] < away.min() + 1  # no other frame in the place of this one
    return bool(nearest and away[number] < (30 if name.endswith('gif') else 12))


@pytest.mark.parametrize('name', BAD_VIDEOS)
def test_outcome(name, corpus) -> None:
    folder, outcomes = corpus
    if name not in outcomes:
        pytest.skip(f'this libav has no {encoder_of(name)}')
    path, outcome = str(folder / name), outcomes[name]
    if isinstance(outcome, str):
        with pytest.raises(VideoError, match=f'^{path}: .*({outcome})') as caught:
            EncodedVideo(path).verify()
        assert '\n' not in str(caught.value)
        if not name.startswith('corrupt'):
            return
    video, good = EncodedVideo(path), 0
    for number in range(len(video)):
        try:
            (image,) = video.read([number])
        except VideoError:
            continue
        assert _looks_as_drawn(image, number, name), number
        good += 1
    if name.startswith('corrupt'):
        assert 9 <= good < len(video) == FRAMES
    else:
        assert good == len(video)
        assert good in (outcome if isinstance(outcome, range) else [outcome])
        video.verify()


def _bad(outcomes: dict) -> set[str]:
    return {name for name, outcome in outcomes.items() if isinstance(outcome, str)}


def _dataset(corpus, **kwargs) -> VideoDataset:
    init_default_scope('mmaction')
    folder, outcomes = corpus
    lines = (f'{name},{label}' for label, name in enumerate(outcomes))
    (folder / 'list.txt').write_text('\n'.join(lines))
    return VideoDataset('list.txt', PIPELINE, delimiter=',', data_root=str(folder), **kwargs)


def test_training_names_the_bad_ones_and_goes_on(corpus, monkeypatch) -> None:
    warned = []
    monkeypatch.setattr(video_dataset, 'print_log', lambda message, *args: warned.append(message))
    dataset, (_, outcomes) = _dataset(corpus), corpus
    for number, name in enumerate(outcomes):
        sample = dataset[number]
        assert sample['inputs'].shape == (1, 3, 4, 8, 8)
        assert (Path(sample['data_samples'].filename).name == name) == (name not in _bad(outcomes))
    assert {Path(path).name for path in dataset.undecodable} == _bad(outcomes)
    assert len(warned) == len(_bad(outcomes)) and all(
        'another video takes' in line for line in warned
    )


def test_testing_stops_or_leaves_them_out(corpus, monkeypatch) -> None:
    warned = []
    monkeypatch.setattr(video_dataset, 'print_log', lambda message, *args: warned.append(message))
    outcomes = corpus[1]
    strict = _dataset(corpus, test_mode=True)
    for number, name in enumerate(outcomes):
        if name in _bad(outcomes):
            with pytest.raises(VideoError, match=name):
                strict[number]
    lenient = _dataset(corpus, test_mode=True, skip_undecodable=True)
    kept = {Path(lenient[i]['data_samples'].filename).name for i in range(len(lenient))}
    assert kept == set(outcomes) - _bad(outcomes)
    assert all(name in warned[0] for name in _bad(outcomes))


def _decode_apart(rounds: int, paths: list[Path], seconds: float) -> dict:
    """See `decode_files.py`; a crash, a hang or an error without a name fails here."""
    command = [sys.executable, ROOT / 'tests/datasets/decode_files.py', str(rounds), *paths]
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_two_hundred_videos_with_flipped_bytes(tmp_path) -> None:
    paths = write_flipped(tmp_path, 200)
    told = _decode_apart(1, paths, seconds=300)
    assert len(told['found']) == 200
    for path, error in told['found'].items():
        assert not error or (error.startswith(f'{path}: ') and '\n' not in error)
    named = sum(bool(error) for error in told['found'].values())
    assert 20 < named < 180, 'flips should break some and spare some'
    assert told['longest'] < 20


@pytest.mark.faults
def test_thousands_of_decodes_leak_nothing(corpus, tmp_path) -> None:
    paths = [corpus[0] / name for name in corpus[1]] + write_flipped(tmp_path, 40, seed=1)
    rounds = -(-2000 // len(paths)) + 2
    told = _decode_apart(rounds, paths, seconds=600)
    assert told['decodes'] >= 2000
    assert len(set(told['files'])) == 1
    assert told['memory'][-1] - told['memory'][0] < 8 * 2**20


def _read(path, **limits) -> dict:
    init_default_scope('mmaction')
    opening = dict(type='vared_mm.PyAVOpen', limits=limits)
    return Compose([opening, *PIPELINE[1:3]])({'filename': str(path), 'start_index': 0})


@pytest.mark.parametrize(
    ('limits', 'warned'),
    [
        (dict(pixels=3071), r'(more than 3,071 pixels a frame \(|.* beyond )limits.pixels\)?'),
        (dict(frames=19), r'more than 19 frames \(limits.frames\)'),
        (dict(seconds=1e-9), r'more than 1e-09 seconds of decoding \(limits.seconds\)'),
        (dict(bytes=999), r'more than 999 bytes of memory \(limits.bytes\)'),
    ],
)
@pytest.mark.parametrize('name', ['plain.mp4', 'plain.h264', 'plain.gif'])
def test_limits(name, limits, warned, tmp_path) -> None:
    path = tmp_path / name
    encode(path, codec='gif', pix_fmt='rgb8') if name.endswith('gif') else encode(path)
    with pytest.raises(VideoError, match=f'^{path}: {warned}$'):
        _read(path, **limits)
    enough = dict(pixels=3072, frames=20, bytes=200_000)
    assert len(_read(path, **enough)['imgs']) == 4


def test_limits_of_what_is_read(tmp_path) -> None:
    """What opening did not see: many frames of one small file, and frames that take long."""
    video = EncodedVideo(str(encode(tmp_path / 'plain.mp4')))
    video.limits = DecodingLimits(bytes=10 * 48 * 64 * 3)
    assert len(video.read([3] * 10)) == 10
    for numbers in ([3] * 11, range(11)):
        with pytest.raises(VideoError, match=r'plain.mp4: .*limits.bytes'):
            video.read(numbers)
    video.limits = DecodingLimits(seconds=1e-9)
    for work in (lambda: video.read([0]), video.verify):
        with pytest.raises(VideoError, match=r'plain.mp4: .*limits.seconds'):
            work()


def test_limits_of_what_is_opened(tmp_path, monkeypatch) -> None:
    path = encode(tmp_path / 'plain.mp4')
    with pytest.raises(VideoError, match=r'limits.seconds'):
        EncodedVideo(str(path), limits=DecodingLimits(seconds=1e-9))
    size = path.stat().st_size
    with path.open('ab') as file:
        file.write(bytes(9 * size))  # no video, but it would be read
    with pytest.raises(VideoError, match=r'limits.bytes'):
        EncodedVideo(str(path), limits=DecodingLimits(bytes=5 * size))
    # An index may name the same bytes of a small file for many frames.
    monkeypatch.setattr(containers.osp, 'getsize', lambda path: 1)
    with pytest.raises(VideoError, match=r'limits.bytes'):
        EncodedVideo(str(path), limits=DecodingLimits(bytes=size // 4))


def test_a_picture_that_grows_beyond_the_limit(tmp_path) -> None:
    small = encode(tmp_path / 'small.h264', [draw(i, 32, 48) for i in range(8)])
    large = encode(tmp_path / 'large.h264')
    path = tmp_path / 'grows.h264'
    path.write_bytes(small.read_bytes() + large.read_bytes())
    with pytest.raises(VideoError, match='grows.h264: '):
        EncodedVideo(str(path), limits=DecodingLimits(pixels=2000))


def test_limits_of_the_pipeline_hold_where_bad_videos_are_looked_for(corpus, monkeypatch) -> None:
    monkeypatch.setattr(video_dataset, 'print_log', lambda *args: None)
    monkeypatch.setitem(PIPELINE[0], 'limits', dict(frames=10))
    kept = _dataset(corpus, test_mode=True, skip_undecodable=True)
    names = {Path(kept[i]['data_samples'].filename).name for i in range(len(kept))}
    assert 'one_frame.mp4' in names and 'av1.mp4' not in names and 'vp9.webm' not in names


@pytest.mark.parametrize(
    ('limits', 'warned'),
    [
        (dict(second=3), 'limits.second: no such limit; there are pixels, frames, seconds, bytes'),
        (dict(frames=0), 'limits.frames=0: must be a number above 0'),
        (dict(pixels='8K'), "limits.pixels='8K': must be a number above 0"),
    ],
)
def test_senseless_limits(limits, warned) -> None:
    with pytest.raises(ValueError, match=warned):
        _read('any.mp4', **limits)


def test_a_pipe_does_not_hang(tmp_path) -> None:
    os.mkfifo(tmp_path / 'pipe.mp4')
    told = _decode_apart(1, [tmp_path / 'pipe.mp4'], seconds=45)
    assert list(told['found'].values()) == [f'{tmp_path}/pipe.mp4: no regular file']
