"""tools/demo.py: one video, its labels, its cost, the choice of each layer."""

import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.registry import MODELS

ROOT = Path(__file__).parents[2]
DYNAMIC = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'
STATIC = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
RECIPE = (
    'configs/recognition/r2plus1d/vared-t2c2_r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb.py'
)


def test_a_dynamic_model_shows_each_choice(run_tool, clips, trained, tmp_path, capsys):
    video, report = clips / 'test' / '00000.mp4', tmp_path / 'report.json'
    words = ['--label-map', clips / 'classes.txt', '--device', 'cpu', '--json', report]
    assert run_tool('demo.py', video, DYNAMIC, trained['vared-t2c2'], *words) == 0
    shown, found = capsys.readouterr().out, json.loads(report.read_text())

    assert len(found['top']) == 5 and found['views'] == 1
    names = (clips / 'classes.txt').read_text().split()
    assert all(label in names and label in shown for label, _ in found['top'])
    probabilities = [probability for _, probability in found['top']]
    assert probabilities == sorted(probabilities, reverse=True) and sum(probabilities) <= 1
    macs = found['macs']
    assert macs['executed'] == sum(macs[part] for part in ('conv', 'cheap', 'gate', 'other'))
    assert macs['share'] == pytest.approx(macs['executed'] / macs['static'])
    assert len(found['cost']) == 6
    for layer in found['cost']:
        assert layer['layer'] in shown
        assert layer['time_stride'][0] in (1, 2) and layer['channel_share'][0] in (1, 0.5)
    executed = sum(layer['executed_macs'] for layer in found['cost'])
    assert executed == pytest.approx(macs['executed'] - macs['other'])


def test_all_views_are_averaged_if_asked(run_tool, clips, trained, tmp_path):
    """Whatever the head averages itself, the probabilities are the same."""
    video, report, tops = clips / 'test' / '00001.mp4', tmp_path / 'report.json', []
    for average in ('None', "'prob'"):
        config = tmp_path / 'config.py'
        head = f'model = dict(cls_head=dict(average_clips={average}))'
        config.write_text(f'_base_ = {str(ROOT / STATIC)!r}\n{head}\n')
        words = [video, config, trained['static'], '--all-views', '--device', 'cpu']
        assert run_tool('demo.py', *words, '--json', report) == 0
        found = json.loads(report.read_text())
        assert found['views'] == 9 and found['cost'] == []
        assert found['macs']['executed'] == found['macs']['static']
        tops.append(dict(found['top']))
    assert tops[1] == pytest.approx(tops[0], rel=1e-5)


def test_the_pipeline_is_that_of_testing_whatever_the_variables_say(
    run_tool, quick, clips, trained, tmp_path
):
    """Half as large frames, in the data loaders only."""
    config, report, record = (tmp_path / name for name in ('other.py', 'demo.json', 'test.json'))
    config.write_text(
        f"_base_ = '{ROOT / STATIC}'\n"
        'pipeline = [dict(step) for step in _base_.val_pipeline]\n'
        "pipeline[3]['scale'], pipeline[4]['crop_size'] = (-1, 16), 16\n"
        'loader = dict(dataset=dict(pipeline=pipeline))\n'
        'val_dataloader = test_dataloader = loader\n'
    )
    words = ['--json', record, '--work-dir', tmp_path, '--cfg-options', *quick]
    assert run_tool('test.py', config, trained['static'], *words) == 0
    video = clips / 'test' / '00000.mp4'
    for flags in ([], ['--all-views']):
        words = [*flags, '--device', 'cpu', '--json', report]
        assert run_tool('demo.py', video, config, trained['static'], *words) == 0
        found = json.loads(report.read_text())
        assert found['views'] == 1
        assert found['macs']['static'] == json.loads(record.read_text())['static_macs']


def test_a_config_without_a_pipeline(run_tool, clips, trained, tmp_path, capsys):
    config = tmp_path / 'trimmed.py'
    config.write_text(f"_base_ = '{ROOT / STATIC}'\nval_dataloader = test_dataloader = None\n")
    video = clips / 'test' / '00000.mp4'
    assert run_tool('demo.py', video, config, trained['static'], '--device', 'cpu') == 2
    error = f'error: {config}: key test_dataloader.dataset is missing'
    assert capsys.readouterr().err.strip().splitlines()[-1] == error


@pytest.mark.parametrize(
    ('video', 'labels', 'message'),
    [
        ('none.mp4', None, 'none.mp4: no such video'),
        ('broken.mp4', None, 'broken.mp4: '),
        (None, 'two.txt', '2 labels for a model of 12 classes'),
    ],
)
def test_a_mistake_ends_in_one_line(
    run_tool, clips, trained, tmp_path, capsys, video, labels, message
):
    (tmp_path / 'broken.mp4').write_bytes(b'no video')
    (tmp_path / 'two.txt').write_text('a\nb\n')
    video = tmp_path / video if video else clips / 'test' / '00000.mp4'
    words = ['--label-map', tmp_path / labels] if labels else []
    assert run_tool('demo.py', video, STATIC, trained['static'], '--device', 'cpu', *words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('error: ') and message in error


@pytest.fixture(scope='module')
def untrained(tmp_path_factory) -> str:
    """The R(2+1)D-18 of a recipe, not trained."""
    cfg = Config.fromfile(ROOT / RECIPE)
    init_default_scope(cfg.default_scope)
    path = tmp_path_factory.mktemp('untrained') / 'untrained.pth'
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, path)
    return str(path)


@pytest.mark.parametrize('name', ['test.mp4', 'test.avi', 'demo.mp4'])
def test_real_clips(run_tool, shared_dir, untrained, tmp_path, name):
    report = tmp_path / 'report.json'
    words = [RECIPE, untrained, '--device', 'cpu', '--json', report]
    assert run_tool('demo.py', shared_dir / 'clips' / name, *words) == 0
    found = json.loads(report.read_text())
    assert found['macs']['static'] == pytest.approx(55.214e9, rel=1e-4)
    assert len(found['cost']) == 16
