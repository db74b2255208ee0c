"""Tools on localization: train, test, draw, fit anchors; mistakes end in one line."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.datasets import EncodedVideo
from vared_mm.datasets.synthetic import make_acting_shapes, write_video
from vared_mm.registry import MODELS

ROOT = Path(__file__).parents[2]
CONFIG = 'configs/demo/vared-t2c2_yowo-r2plus1d-tiny_acting-shapes.py'


@pytest.fixture(scope='module')
def acting_shapes(tmp_path_factory) -> Path:
    """One video of each class to train on, one to test on, 4 frames each."""
    folder = tmp_path_factory.mktemp('acting') / 'set'
    return make_acting_shapes(folder, {'train': 6, 'test': 1}, frames=4)


@pytest.fixture(scope='module')
def options(acting_shapes) -> list[str]:
    """Make a run of the demo one short epoch on them."""
    loaders = [f'{split}_dataloader' for split in ('train', 'val', 'test')]
    return [
        *(f'{loader}.dataset.data_root={acting_shapes}' for loader in loaders),
        *(f'{loader}.num_workers=0' for loader in loaders),
        *(f'{loader}.persistent_workers=False' for loader in loaders),
        'train_cfg.max_epochs=1',
        'train_cfg.val_interval=1',
        'model.head.score_threshold=0',
    ]


@pytest.fixture
def video(acting_shapes, tmp_path) -> Path:
    """A short one."""
    frames = np.random.default_rng(0).integers(0, 256, (5, 60, 80, 3), np.uint8)
    write_video(tmp_path / 'clip.mp4', frames, fps=10)
    return tmp_path / 'clip.mp4'


def test_from_training_to_boxes(run_tool, acting_shapes, options, video, tmp_path, capsys):
    common = ['--work-dir', tmp_path, '--cfg-options', *options]
    assert run_tool('train.py', CONFIG, *common) == 0
    weights, record = tmp_path / 'epoch_1.pth', tmp_path / 'result.json'
    assert run_tool('test.py', CONFIG, weights, '--json', record, *common) == 0
    result = json.loads(record.read_text())
    assert result['videos'] == 4 and result['generated_data'] is True
    assert {'localization/frame_map', 'cost/gflops/average'} <= result['metrics'].keys()
    static = result['static_macs'] / 1e9
    assert result['metrics']['cost/thesis_gflops/maximum'] <= static * (1 + 1e-6)

    out, report = tmp_path / 'drawn' / 'boxes.mp4', tmp_path / 'report.json'
    words = ['--label-map', acting_shapes / 'classes.txt', '--device', 'cpu', '--json', report]
    capsys.readouterr()
    assert run_tool('demo.py', video, CONFIG, weights, '--out', out, '--score', 0, *words) == 0
    shown, found = capsys.readouterr().out, json.loads(report.read_text())
    assert found['top'][0][0] in shown and len(found['frames']) == found['views'] == 5
    assert found['macs']['executed'] == pytest.approx(
        sum(found['macs'][part] for part in ('conv', 'cheap', 'gate', 'other'))
    )
    drawn = EncodedVideo(str(out))
    assert len(drawn) == 5 and drawn.read([0])[0].shape == (240, 320, 3)


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['none.mp4'], 'none.mp4: no such video'),
        (['{video}', '--label-map', '{two}'], '2 labels for a model of 6 classes'),
    ],
)
def test_a_mistake_ends_in_one_line(run_tool, video, tmp_path, capsys, words, message):
    weights = tmp_path / 'weights.pth'
    save_weights(weights)
    two = tmp_path / 'two.txt'
    two.write_text('a\nb\n')
    first, *rest = (word.format(video=video, two=two) for word in words)
    capsys.readouterr()
    assert run_tool('demo.py', first, CONFIG, weights, '--device', 'cpu', *rest) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1] == f'error: {message}'


def save_weights(path: Path) -> None:
    """Untrained ones of the demo's model."""
    cfg = Config.fromfile(ROOT / CONFIG)
    init_default_scope(cfg.default_scope)
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, path)


def test_boxes_can_not_be_drawn_by_a_recognizer(run_tool, clips, trained, tmp_path, capsys):
    config = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
    words = [clips / 'test/00000.mp4', config, trained['static'], '--device', 'cpu']
    assert run_tool('demo.py', *words, '--out', tmp_path / 'x.mp4') == 2
    assert 'supported for localization and segmentation only' in capsys.readouterr().err


def test_fit_anchors(run_tool, options, acting_shapes, capsys):
    words = ['--cfg-options', *options]
    tool = 'analysis_tools/fit_anchors.py'
    assert run_tool(tool, CONFIG, '--count', 2, '--grid', 8, *words) == 0
    first, second = capsys.readouterr().out.strip().splitlines()[-2:]
    pairs = re.findall(r'\(([\d.]+), ([\d.]+)\)', first)
    assert first.startswith('anchors=[(') and len(pairs) == 2
    assert all(8 * 12 / 80 < float(w) < 8 * 36 / 80 for w, _ in pairs)
    assert second.startswith('24 boxes; mean overlap')
    assert run_tool(tool, CONFIG, '--count', 99, *words) == 2
    assert 'different sizes for 99 anchors' in capsys.readouterr().err
    recognition = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
    assert run_tool(tool, recognition) == 2
