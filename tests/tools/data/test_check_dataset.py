"""Videos are decoded by the config's own pipeline; bad ones are named, and the status tells."""

import json
from pathlib import Path

import numpy as np
import pytest
from mmengine.registry import DATASETS, init_default_scope

from vared_mm.datasets.preparation import check, check_videos
from vared_mm.datasets.synthetic import write_video

TOOL = 'data/check_dataset.py'
CONFIG = """
_base_ = '{base}'
dataset = dict(data_root={folder!r}, num_classes=2)
train_dataloader = dict(dataset=dataset)
val_dataloader = dict(dataset=dataset)
test_dataloader = dict(dataset=dataset)
del dataset
"""


@pytest.fixture(scope='module')
def folder(tmp_path_factory) -> Path:
    """A data set with spaces in its paths: 30 and 20 frames, a damaged file, a missing one."""
    folder = tmp_path_factory.mktemp('check') / 'my set'
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, frames, fps in (('long one', 30, 10), ('short', 20, 5), ('damaged', 30, 10)):
        clip = rng.integers(0, 255, (frames, 24, 32, 3), dtype=np.uint8)
        write_video(folder / f'{name}.mp4', clip, fps)
    content = bytearray((folder / 'damaged.mp4').read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    (folder / 'damaged.mp4').write_bytes(content)
    (folder / 'train.txt').write_text('long one.mp4,0\nshort.mp4,1\n')
    (folder / 'val.txt').write_text('long one.mp4,0\ndamaged.mp4,1\nmissing.mp4,0\nshort.mp4,1\n')
    return folder


@pytest.fixture
def config(folder, root, tmp_path) -> Path:
    base = root / 'configs/_base_/datasets/mini_kinetics200_rgb_8f.py'
    path = tmp_path / 'config.py'
    path.write_text(CONFIG.format(base=base, folder=str(folder)))
    return path


def test_bad_videos_are_named(folder, config, call_tool, tmp_path) -> None:
    report_file = tmp_path / 'new/report.json'
    status, output, _ = call_tool(TOOL, config, '--all', '--report', report_file)
    assert status == 1
    report = json.loads(report_file.read_text())
    assert (report['split'], report['videos']) == ('val', 4)
    assert (report['checked'], report['good']) == (4, 2)
    assert [(Path(v['file']).name, v['error']) for v in report['undecodable']] == [
        ('damaged.mp4', 'Invalid data found when processing input'),
        ('missing.mp4', 'No such file or directory'),
    ]
    assert report['frames'] == dict(minimum=20, median=25, mean=25, maximum=30, total=50)
    assert report['seconds'] == dict(minimum=3, median=3.5, mean=3.5, maximum=4, total=7)
    assert report['fps'] == {'5': 1, '10': 1}
    assert f'{folder}/missing.mp4: No such file or directory' in output


def test_status_of_good_and_of_wrong_input(config, call_tool, tmp_path) -> None:
    status, output, _ = call_tool(TOOL, config, '--split', 'train', '--sample', '1')
    assert status == 0
    assert 'checked: 1' in output
    status, output, errors = call_tool(TOOL, tmp_path / 'none.py')
    assert (status, errors) == (2, f'error: {tmp_path}/none.py: no such config\n')


@pytest.mark.parametrize('kind', ['VideoDataset', 'vared_mm.VideoDataset'])
def test_wrapped_lists_and_names_without_a_scope(kind, config, call_tool, tmp_path) -> None:
    wrapped = tmp_path / 'wrapped.py'
    wrapped.write_text(
        f"""_base_ = '{config}'
inner = dict(_base_.val_dataloader.dataset, type={kind!r})
val_dataloader = dict(dataset=dict(_delete_=True, type='RepeatDataset', times=2, dataset=dict(
    type='ConcatDataset', datasets=[inner, dict(inner, ann_file='train.txt')])))
"""
    )
    status, output, _ = call_tool(TOOL, wrapped, '--all', '--report', tmp_path / 'r.json')
    assert status == 1
    report = json.loads((tmp_path / 'r.json').read_text())
    assert [(r['videos'], r['good']) for r in report] == [(4, 2), (2, 2)]
    assert output.count('good: 2') == 2


def _build(folder: Path, pipeline: list[dict]):
    init_default_scope('mmaction')
    return DATASETS.build(
        dict(
            type='vared_mm.VideoDataset',
            ann_file='train.txt',
            data_root=str(folder),
            delimiter=',',
            pipeline=pipeline,
        )
    )


def _pipeline(opening: dict, reading: dict) -> list[dict]:
    return [opening, dict(type='SampleFrames', clip_len=2, test_mode=True), reading]


def test_other_decoders_decode_every_frame_in_small_parts(folder, monkeypatch) -> None:
    monkeypatch.setattr(check, '_CHUNK', 1)
    dataset = _build(folder, _pipeline(dict(type='OpenCVInit'), dict(type='OpenCVDecode')))
    decoded = []
    read = dataset.pipeline.transforms[2].transform

    def watch(results: dict) -> dict:
        decoded.append(results['frame_inds'].tolist())
        return read(results)

    monkeypatch.setattr(dataset.pipeline.transforms[2], 'transform', watch)
    found = check_videos(dataset, [0], workers=1)
    assert decoded == [[14, 15], [0], [*range(1, 17)], [*range(17, 30)]]
    assert (found['good'], found['undecodable']) == (1, [])


@pytest.mark.parametrize('images', [1, 2])
def test_the_verdict_is_that_of_reading(folder, images) -> None:
    """Memory for the sampled clip is enough, and less is not, however many frames there are."""
    limits = dict(bytes=max(images * 24 * 32 * 3, (folder / 'long one.mp4').stat().st_size))
    size = 24 * 32 * 3 * 2
    opening = dict(type='vared_mm.PyAVOpen', limits=limits)
    dataset = _build(folder, _pipeline(opening, dict(type='vared_mm.PyAVRead')))
    dataset.pipeline.transforms[1].num_clips = limits['bytes'] // size + 2 - images
    found = check_videos(dataset, [0], workers=1)
    try:
        dataset[0]
    except ValueError as error:
        assert found['undecodable'][0]['error'] in str(error) and 'limits.bytes' in str(error)
        assert images == 1
    else:
        assert found['good'] == 1 and images == 2


def test_a_pipeline_that_does_not_decode_is_told(folder) -> None:
    with pytest.raises(KeyError, match='samples no frames'):
        check_videos(_build(folder, [dict(type='vared_mm.PyAVOpen')]), [0])
