"""The list builders, on small trees in the formats that the data sets are distributed in."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import DATASETS, init_default_scope

from vared_mm.datasets.preparation import read_class_list, read_released_validation
from vared_mm.datasets.synthetic import write_video

#: Views of a tested video: 10 clips, Moments-In-Time 3, x 3 crops.
VIEWS = {'kinetics400': 30, 'mini_kinetics200': 30, 'moments_in_time': 9}
HEADER = 'label,youtube_id,time_start,time_end,split\n'


@pytest.fixture(scope='module')
def clip(tmp_path_factory) -> Path:
    """A video of eight frames."""
    path = tmp_path_factory.mktemp('clip') / 'clip.mp4'
    noise = np.random.default_rng(0).integers(0, 255, (8, 24, 32, 3), dtype=np.uint8)
    write_video(path, noise, fps=8)
    return path


@pytest.fixture
def prepare(call_tool) -> Callable[..., tuple[int, str, str]]:
    """Run `prepare.py` of a data set; gives exit status, output and the last line of errors."""

    def run(name: str, *args: str | Path) -> tuple[int, str, str]:
        status, output, errors = call_tool(f'data/{name}/prepare.py', *args)
        return status, output, errors.splitlines()[-1] if errors else ''

    return run


def _write_empty_video(path: Path) -> None:
    """Write a file with a video stream that has no frame."""
    with av.open(str(path), 'w', format='avi') as container:
        stream = container.add_stream('mpeg4', rate=8)
        stream.width, stream.height, stream.pix_fmt = 32, 24, 'yuv420p'
        container.start_encoding()


def _samples(root: Path, folder: Path, name: str, split: str) -> list[tuple[str, int]]:
    """List what the data set's config makes of a list; the last sample is decoded."""
    init_default_scope('mmaction')
    config = Config.fromfile(root / f'configs/_base_/datasets/{name}_rgb.py')
    dataset = DATASETS.build({**config[f'{split}_dataloader'].dataset, 'data_root': str(folder)})
    views = VIEWS[name] if split == 'test' else 1
    assert dataset[len(dataset) - 1]['inputs'].shape == (views, 3, 16, 128, 128)
    infos = [dataset.get_data_info(number) for number in range(len(dataset))]
    return [(Path(info['filename']).name, info['label']) for info in infos]


@pytest.fixture
def kinetics(clip, tmp_path) -> Path:
    """Make a tree as Kinetics-400's, class folders or not, with all kinds of trouble in it."""
    folder = tmp_path / 'my data' / 'kinetics400'
    for name in (
        'train/air drumming/AAAAAAAAAA1_000003_000013.mp4',
        "train/massaging person's head/AAAAAAAAAA2_000000_000010.mp4",
        'train/zumba/AAAAAAAAAA3_000000_000010.mkv',
        'train/yoga/AAAAAAAAAA4_000000_000010.mp4',
        'replacement/AAAAAAAAAA4_000000_000010.mp4',
        'val/-AAAAAAAAA6_000100_000110.mp4',
        'test/AAAAAAAAAA9_000100_000110.mp4',
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip, folder / name)
    (folder / 'train/yoga/AAAAAAAAAA4_000000_000010.mp4').write_bytes(b'damaged')
    _write_empty_video(folder / 'train/yoga/AAAAAAAAAA7_000000_000010.mp4')
    (folder / 'annotations').mkdir()
    (folder / 'annotations/train.csv').write_text(
        HEADER + 'air drumming,AAAAAAAAAA1,3,13,train\n'
        "massaging person's head,AAAAAAAAAA2,0,10,train\n"
        'zumba,AAAAAAAAAA3,0,10,train\n'
        'yoga,AAAAAAAAAA4,0,10,train\n'
        'yoga,AAAAAAAAAA4,0,10,train\n'
        'yoga,AAAAAAAAAA5,0,10,train\n'
        'yoga;AAAAAAAAAA6;0;10;train\n'
        'yoga,AAAAAAAAAA7,0,10,train\n'
    )
    (folder / 'annotations/validate.csv').write_text(
        HEADER + 'abseiling,-AAAAAAAAA6,100,110,validate\n'
    )
    return folder


def test_kinetics400(kinetics, prepare, root) -> None:
    status, output, _ = prepare('kinetics400', kinetics, '--workers', '2')
    assert status == 0
    assert (kinetics / 'train.txt').read_text() == (
        'train/air drumming/AAAAAAAAAA1_000003_000013.mp4,1\n'
        "train/massaging person's head/AAAAAAAAAA2_000000_000010.mp4,196\n"
        'train/zumba/AAAAAAAAAA3_000000_000010.mkv,399\n'
        'replacement/AAAAAAAAAA4_000000_000010.mp4,398\n'
    )
    report = json.loads((kinetics / 'report.json').read_text())
    train = report['splits']['train']
    assert (train['annotated'], train['listed'], train['frames']) == (6, 4, 32)
    assert train['missing'] == ['AAAAAAAAAA5_000000_000010']
    assert train['unreadable'] == [
        'train/yoga/AAAAAAAAAA4_000000_000010.mp4: Invalid data found when processing input',
        'train/yoga/AAAAAAAAAA7_000000_000010.mp4: holds no frame',
    ]
    assert [name.split(':')[0] for name in train['duplicate']] == [
        'train.csv',
        'AAAAAAAAAA4_000000_000010 has 2 files',
    ]
    assert train['bad_lines'] == [
        "train.csv:8: expected 5 fields, got 1: 'yoga;AAAAAAAAAA6;0;10;train'"
    ]
    assert train['counts']['classes_without_video'] == 396
    assert report['unlisted_files'] == 1
    for message in (
        'train: 4 of 6 videos of train.csv listed, 4 of 400 classes',
        '  missing: 1\n    AAAAAAAAAA5_000000_000010',
        'val: 1 of 1 videos of validate.csv listed',
    ):
        assert message in output
    assert _samples(root, kinetics, 'kinetics400', 'test') == [('-AAAAAAAAA6_000100_000110.mp4', 0)]
    # Training takes the clips of every folder.
    assert [label for _, label in _samples(root, kinetics, 'kinetics400', 'train')] == [
        *(1, 196, 399, 398)
    ]


def test_a_second_run_changes_nothing(kinetics, prepare) -> None:
    def state() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in kinetics.iterdir() if path.is_file()}

    assert prepare('kinetics400', kinetics)[0] == 0
    before = state()
    assert set(before) == {'train.txt', 'val.txt', 'classes.txt', 'report.json', 'probes.jsonl'}
    assert prepare('kinetics400', kinetics)[0] == 0
    assert state() == before


def test_mini_kinetics200_is_taken_from_kinetics400(kinetics, clip, prepare, root) -> None:
    released = read_released_validation().videos
    for video in (released[0], released[-1]):
        shutil.copy(clip, kinetics / f'val/{video.name}.mp4')
    out = kinetics.parent / 'mini_kinetics200'
    status, output, _ = prepare('mini_kinetics200', kinetics, '--out', out)
    assert status == 0
    # Labels count Mini-Kinetics-200's own classes.
    classes = read_class_list('mini_kinetics200')
    assert (out / 'train.txt').read_text() == (
        '../kinetics400/train/air drumming/AAAAAAAAAA1_000003_000013.mp4,0\n'
        f'../kinetics400/replacement/AAAAAAAAAA4_000000_000010.mp4,{classes.index("yoga")}\n'
    )
    report = json.loads((out / 'report.json').read_text())['splits']
    assert report['train']['left_out'] == 2
    assert (report['val']['annotated'], report['val']['listed']) == (9867, 2)
    assert len(report['val']['missing']) == 9865
    assert 'val: 2 of 9867 videos of mini_kinetics200_val.csv.gz listed' in output
    assert _samples(root, out, 'mini_kinetics200', 'test') == [
        (f'{released[0].name}.mp4', 0),
        (f'{released[-1].name}.mp4', 199),
    ]
    status, _, error = prepare(
        'mini_kinetics200', kinetics, '--out', out, '--validation', 'csv', '--splits', 'val'
    )
    assert status == 2
    assert error.startswith('error: val: no video of validate.csv is left')


@pytest.fixture
def moments(clip, tmp_path) -> Path:
    """Make a tree as Moments-In-Time's, with all kinds of trouble in it."""
    folder = tmp_path / 'my data' / 'Moments_in_Time'
    for name in (
        'training/clapping/flickr-8-0_1.mp4',
        'training/adult+male+singing/yt a, b_25.mp4',
        'training/clapping/cut.mp4',
        'validation/clapping/yt-2_1.mp4',
        'validation/clapping/nobody knows.mp4',
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip, folder / name)
    cut = folder / 'training/clapping/cut.mp4'
    cut.write_bytes(cut.read_bytes()[:200])
    (folder / 'moments_categories.txt').write_text('clapping,0\nadult+male+singing,1\n')
    (folder / 'trainingSet.csv').write_text(
        'clapping/flickr-8-0_1.mp4,clapping,4,0\n'
        '"adult+male+singing/yt a, b_25.mp4",adult+male+singing,3,0\n'
        'clapping/cut.mp4,clapping,3,1\n'
        'clapping/gone.mp4,clapping,3,1\n'
        'clapping/flickr-8-0_1.mp4,clapping,4,0\n'
        'clapping/yt-3_1.mp4\n'
    )
    (folder / 'validationSet.csv').write_text('clapping/yt-2_1.mp4,clapping,8,2\n')
    return folder


def test_moments_in_time(moments, prepare, root) -> None:
    status, output, _ = prepare('moments_in_time', moments, '--verify')
    assert status == 0
    assert (moments / 'train.txt').read_text() == (
        'training/clapping/flickr-8-0_1.mp4,0\ntraining/adult+male+singing/yt a, b_25.mp4,1\n'
    )
    assert (moments / 'classes.txt').read_text() == 'clapping\nadult+male+singing\n'
    report = json.loads((moments / 'report.json').read_text())
    counts = dict(missing=1, unreadable=1, duplicate=1, bad_lines=1)
    assert report['splits']['train']['counts'] == counts
    assert report['splits']['train']['unreadable'][0].startswith('training/clapping/cut.mp4: ')
    assert report['unlisted_files'] == 1
    assert 'train: 2 of 4 videos of trainingSet.csv listed, 2 of 2 classes' in output
    assert _samples(root, moments, 'moments_in_time', 'test') == [('yt-2_1.mp4', 0)]
    assert _samples(root, moments, 'moments_in_time', 'train') == [
        ('flickr-8-0_1.mp4', 0),
        ('yt a, b_25.mp4', 1),
    ]


@pytest.mark.parametrize('name', ['kinetics400', 'mini_kinetics200', 'moments_in_time'])
def test_a_mistake_is_one_line(name, prepare, tmp_path) -> None:
    status, output, error = prepare(name, tmp_path / 'none', '--out', tmp_path)
    assert (status, output) == (2, '')
    assert error.startswith(f'error: {tmp_path / "none"}')


def test_nothing_left_is_an_error(kinetics, prepare) -> None:
    for path in (kinetics / 'train').rglob('*.m*'):
        path.unlink()
    shutil.rmtree(kinetics / 'replacement')
    status, _, error = prepare('kinetics400', kinetics)
    assert status == 2
    assert error == (
        'error: train: no video of train.csv is left (6 missing, 1 duplicate, 1 bad lines, '
        f'400 classes without video); see {kinetics / "report.json"}'
    )
