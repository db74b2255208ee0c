"""tools/analysis_tools/benchmark.py: static and dynamic, timed in turn."""

import json
from functools import partial
from importlib import import_module

import pytest
import torch

from vared_mm.acceleration import accelerate
from vared_mm.benchmarking.model_speed import with_kept_memory

BLOCKS = 'configs/demo/vared-block-t2c2_r2plus1d-tiny_moving-shapes.py'
DYNAMIC = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'
STATIC = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
TOOL = 'analysis_tools/benchmark.py'


@pytest.fixture(autouse=True)
def without_compiler(monkeypatch):
    """What is compiled is tested with `accelerate`; here it would only take minutes."""
    module = import_module('vared_mm.benchmarking.model_speed')
    monkeypatch.setattr(module, 'accelerate', partial(accelerate, compiled=False))


@pytest.mark.parametrize(
    ('config', 'choices', 'lowest', 'highest'),
    [
        (DYNAMIC, 'open', 0.9, 1),
        (DYNAMIC, 'half', 1.8, 2.1),
        (DYNAMIC, 'mix', 1.1, 1.6),
        (BLOCKS, 'open', 0.9, 1),
        (BLOCKS, 'half', 2, 4.5),
    ],
)
def test_choices_have_their_macs(run_tool, tmp_path, capsys, config, choices, lowest, highest):
    found = tmp_path / 'speed.json'
    words = ['--choices', choices, '--rounds', '2', '--json', found, '--batch-size', '2']
    assert run_tool(TOOL, config, *words) == 0
    whole = json.loads(found.read_text())
    report = whole['choices'][choices]
    assert lowest < report['mac_ratio'] < highest
    assert set(report['timings']) == {'static', 'dynamic'}
    static, dynamic = (report['timings'][name]['median'] for name in ('static', 'dynamic'))
    assert report['speed_up'] == pytest.approx(static / dynamic)
    assert whole['settings']['batch_size'] == report['clips'] == 2
    assert 'speed-up' in capsys.readouterr().out
    if choices == 'half':
        share = (report['speed_up'] - 1) / (report['mac_ratio'] - 1)
        assert report['realised_share'] == pytest.approx(share)


@pytest.mark.parametrize(
    'name', ['vared-c2_pspnet-tiny_shape-scenes', 'vared-t2c2_yowo-r2plus1d-tiny_acting-shapes']
)
@pytest.mark.parametrize('words', [[], ['--train', '--batch-size', '2']])
def test_other_tasks_are_timed_too(run_tool, capsys, name, words):
    assert run_tool(TOOL, f'configs/demo/{name}.py', '--rounds', '2', *words) == 0
    message = capsys.readouterr().out
    assert message.splitlines()[0] == ('training' if words else 'half')  # no lines about weights
    assert 'speed-up' in message


def test_what_a_graph_keeps_counts_for_all_choices():
    before = [{'static': 60, 'dynamic': 80}, {'static': 4, 'dynamic': 7}]
    found = with_kept_memory({'static': 5, 'dynamic': 90}, before)
    assert found == {'static': 60, 'dynamic': 90}


def test_training_steps_and_the_upstream_model_are_timed(run_tool, tmp_path):
    found = tmp_path / 'speed.json'
    words = ['--train', '--upstream', '--rounds', '2', '--json', found]
    assert run_tool(TOOL, DYNAMIC, *words) == 0
    report = json.loads(found.read_text())['choices']['training']
    assert set(report['timings']) == {'static', 'dynamic', 'upstream'}


def test_a_static_config_is_refused(run_tool, capsys):
    assert run_tool(TOOL, STATIC) == 2
    assert 'model.backbone is not a vared_mm.DynamicBackbone' in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason='needs a machine without a GPU')
def test_a_device_that_is_not_there_is_refused(run_tool, capsys):
    assert run_tool(TOOL, DYNAMIC, '--device', 'cuda') == 2
    assert 'argument --device: cuda: torch finds no GPU' in capsys.readouterr().err


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
def test_a_gpu_is_timed(run_tool, tmp_path):
    found = tmp_path / 'speed.json'
    words = ['--device', 'cuda', '--batch-size', '2', '--rounds', '2', '--json', found]
    assert run_tool(TOOL, DYNAMIC, *words) == 0
    whole = json.loads(found.read_text())
    assert whole['machine']['accelerator'] and whole['settings']['device'] == 'cuda'
    assert whole['choices']['half']['timings']['dynamic']['peak_bytes'] > 0
