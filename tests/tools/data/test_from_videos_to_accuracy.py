"""The whole way of a recipe: a tree of videos, its lists, training, a test with all views."""

import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from vared_mm.datasets import PyAVOpen
from vared_mm.datasets.preparation import read_class_list, read_released_validation
from vared_mm.datasets.synthetic import write_video

RECIPE = 'static_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb'
K = 10
#: The recipe, smaller: width, pixels, batch, epochs.
SMALL = [
    'model.backbone.base_channels=4',
    'model.cls_head.in_channels=32',
    'train_dataloader.dataset.pipeline.3.input_size=32',
    'train_dataloader.dataset.pipeline.4.scale=(32,32)',
    'train_dataloader.batch_size=3',
    'train_cfg.max_epochs=1',
    'train_cfg.val_interval=1',
]
for _split in ('val', 'test'):
    SMALL += [
        f'{_split}_dataloader.dataset.pipeline.3.scale=(-1,32)',
        f'{_split}_dataloader.dataset.pipeline.4.crop_size=32',
    ]
for _split in ('train', 'val', 'test'):
    SMALL += [
        f'{_split}_dataloader.num_workers=0',
        f'{_split}_dataloader.persistent_workers=False',
    ]


@pytest.fixture
def home(tmp_path) -> Path:
    """Make a folder with videos of two classes, under the names that Kinetics-400 gives them."""
    folder = tmp_path / 'my home' / 'data/kinetics400'
    rng = np.random.default_rng(0)
    names = [
        f'train/{label}/AAAAAAAAA{label[0]}{number}_000000_000010.mp4'
        for label in ('air drumming', 'yoga')
        for number in range(3)
    ]
    released = read_released_validation().videos
    names += [f'val/{video.name}.mp4' for video in (*released[:2], *released[-2:])]
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        clip = rng.integers(0, 255, (20 + number, 36, 64, 3), dtype=np.uint8)
        write_video(folder / name, clip, fps=10)
    (folder / 'annotations').mkdir()
    lines = [f'{Path(name).parent.name},{Path(name).name[:11]},0,10,train\n' for name in names[:6]]
    header = 'label,youtube_id,time_start,time_end,split\n'
    (folder / 'annotations/train.csv').write_text(header + ''.join(lines))
    return folder.parents[1]


def test_from_videos_to_accuracy(home, call_tool, root, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(home)
    status, _, errors = call_tool('data/mini_kinetics200/prepare.py')
    assert status == 0, errors
    lists = home / 'data/mini_kinetics200'
    train, val = ((lists / f'{split}.txt').read_text().splitlines() for split in ('train', 'val'))
    assert (len(train), len(val)) == (6, 4)

    config = root / f'configs/recognition/r2plus1d/{RECIPE}.py'
    work = tmp_path / 'work'
    words = ['--work-dir', work, '--cfg-options', *SMALL]
    status, _, errors = call_tool('train.py', config, *words)
    assert status == 0, errors
    checkpoint = work / 'epoch_1.pth'
    log = next(work.glob('*/*.log')).read_text()
    assert re.search(r'Epoch\(train\) +\[1\]\[2/2\].* loss: \d', log)

    opened = []
    read = PyAVOpen.transform

    def count(self: PyAVOpen, results: dict) -> dict:
        opened.append(results['filename'])
        return read(self, results)

    monkeypatch.setattr(PyAVOpen, 'transform', count)
    dump, tested = tmp_path / 'scores.pkl', tmp_path / 'tested'
    words[1] = tested
    status, output, errors = call_tool('test.py', config, checkpoint, '--dump', dump, *words)
    assert status == 0, errors

    # One pass: every video was opened once, and gave K clips x left, centre and right crop.
    assert len(opened) == len(set(opened)) == len(val)
    samples = pickle.loads(dump.read_bytes())
    scores = np.stack([np.asarray(sample['view_scores']) for sample in samples])
    assert scores.shape == (len(val), 3, K, 200)
    labels = [int(sample['gt_label']) for sample in samples]
    classes = read_class_list('mini_kinetics200')
    assert [classes[label] for label in labels] == ['air drumming'] * 2 + ['yoga'] * 2

    averaged = softmax(scores, axis=3).mean(axis=(1, 2))
    rank = [(row > row[label]).sum() for row, label in zip(averaged, labels, strict=True)]
    metrics = json.loads(next(tested.glob('*/*.json')).read_text())
    assert metrics['acc/video-1'] == 100 * np.mean([r < 1 for r in rank])
    assert metrics['acc/video-5'] == 100 * np.mean([r < 5 for r in rank])
    assert 0 <= metrics['acc/clip-1'] <= 100
    assert metrics['cost/gflops/average'] == metrics['cost/gflops/maximum'] > 0
