"""Sets are balanced, the same for a seed, and finished rather than made again."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import av
import pytest

from vared_mm.datasets.synthetic import make_moving_shapes

SIZES = dict(train=6, test=3)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob('*.mp4')}


def test_lists_and_manifest(moving_shapes) -> None:
    lines = (moving_shapes / 'train.txt').read_text().splitlines()
    assert lines[:2] == ['train/00000.mp4,0,0', 'train/00001.mp4,1,0'] and len(lines) == 24
    assert set(Counter(line.split(',')[1] for line in lines).values()) == {2}
    assert set(Counter(line.split(',')[2] for line in lines).values()) == {12}
    classes = (moving_shapes / 'classes.txt').read_text().split()
    assert len(classes) == 12 and classes[6] == 'triangle_up'

    manifest = json.loads((moving_shapes / 'manifest.json').read_text())
    assert manifest['drawing']['seed'] == 0
    digest = hashlib.sha256((moving_shapes / 'train.txt').read_bytes()).hexdigest()
    assert manifest['lists']['train'] == {'clips': 24, 'sha256': digest}
    assert manifest['versions']['av'] == av.__version__


def test_clips_are_small_h264_files_and_none_is_twice_there(moving_shapes) -> None:
    clips = _bytes(moving_shapes)
    assert len(clips) == 48
    assert len({hashlib.sha256(clip).digest() for clip in clips.values()}) == 48
    assert max(map(len, clips.values())) < 40_000
    with av.open(str(moving_shapes / 'test/00000.mp4')) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.frames) == ('h264', 20)
        assert (stream.codec_context.width, stream.codec_context.height) == (56, 40)


def test_workers_and_growth_change_nothing(tmp_path) -> None:
    alone = _bytes(make_moving_shapes(tmp_path / 'alone', SIZES, seed=3))
    shared = make_moving_shapes(tmp_path / 'shared', dict(train=2), seed=3)
    make_moving_shapes(shared, SIZES, seed=3, workers=2)
    assert _bytes(shared) == alone
    assert set(json.loads((shared / 'manifest.json').read_text())['lists']) == {'train', 'test'}
    other = _bytes(make_moving_shapes(tmp_path / 'other', SIZES, seed=4))
    assert not set(other.values()) & set(alone.values())


def test_only_what_is_missing_is_made(tmp_path) -> None:
    folder = make_moving_shapes(tmp_path, SIZES)
    before = _bytes(folder)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob('*.mp4')}
    lost = folder / 'train/00004.mp4'
    lost.unlink()
    (folder / 'test.txt').unlink()
    make_moving_shapes(folder, SIZES)
    assert _bytes(folder) == before
    again = {path: path.stat().st_mtime_ns for path in folder.rglob('*.mp4')}
    assert {path for path in times if times[path] != again[path]} == {lost}
    assert len((folder / 'test.txt').read_text().splitlines()) == 3


def test_two_kinds_of_set_do_not_mix(tmp_path) -> None:
    before = _bytes(make_moving_shapes(tmp_path, SIZES))
    for change in (dict(seed=1), dict(noise=3.0)):
        with pytest.raises(ValueError, match='manifest.json: made with another seed'):
            make_moving_shapes(tmp_path, SIZES, **change)
    assert _bytes(tmp_path) == before
    make_moving_shapes(tmp_path, dict(train=2), noise=3.0, overwrite=True)
    after = _bytes(tmp_path)
    assert set(after) == {'train/00000.mp4', 'train/00001.mp4'}
    assert not set(after.values()) & set(before.values())


def test_bad_splits(tmp_path) -> None:
    for splits in (dict(valid=3), dict(train=-1)):
        with pytest.raises(ValueError, match='split'):
            make_moving_shapes(tmp_path, splits)
    assert not list(tmp_path.iterdir())


def test_tool(tmp_path, root) -> None:
    command = [sys.executable, root / 'tools/data/synthetic/make_moving_shapes.py', tmp_path]
    command += ['--train', '3', '--val', '1', '--test', '2', '--frames', '8', '--size', '48', '32']
    environment = {'PYTHONPATH': str(root), 'PATH': ''}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(_bytes(tmp_path)) == 6
    refused = subprocess.run(
        [*command, '--seed', '1'], env=environment, capture_output=True, text=True
    )
    assert refused.returncode != 0
    assert refused.stderr.count('\n') == 1 and 'manifest.json' in refused.stderr
