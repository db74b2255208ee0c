"""tools/run_demo.py: every method once, a table, nothing twice."""

import os
import re
from pathlib import Path

import pytest

from tools.experiments.demos import DEMOS
from vared_mm.reporting import RunResult

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_demo_runs_and_skips_what_is_done(run_tool, quick, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv('PYTHONPATH', str(ROOT))
    options = [option for option in quick if 'data_root' not in option]
    words = ['--work-dir', tmp_path, '--data-dir', tmp_path / 'my set', '--clips', '12', '4', '4']
    words += ['--cfg-options', *options, 'log_level=ERROR']
    assert run_tool('run_demo.py', *words) == 0
    shown = capfd.readouterr().out
    table = (tmp_path / 'table.md').read_text()
    for title in ('static', 'dynamic, before the loss', 'dynamic, finetuned'):
        assert re.search(rf'^\| {title} +\|', table, re.MULTILINE)
        assert re.search(rf'^{title}  ', shown, re.MULTILINE)
    assert 'generated clips' in table and 'Still clips' in table
    lines = shown.partition('\n\n')[0].splitlines()  # up to the tables
    assert lines[0] == f'Log: {os.path.relpath(tmp_path / "demo.log", ROOT)}'
    ran = [re.sub(r': done in \d+ s$', '', line) for line in lines[1:]]
    assert ran[:3] == ['data set', 'static: train', 'static: test']
    assert len(ran) == 8 and ran[-1] == 'clips per second'
    log = (tmp_path / 'demo.log').read_text()
    assert log.count('$ python tools/train.py') == log.count('$ python tools/test.py') == 3

    records = {path.parent.name: RunResult.load(path) for path in tmp_path.glob('seed0/*/*.json')}
    assert set(records) == {'static', 'vared-t2c2', 'vared-t2c2-finetuned'}
    assert all(record.clips_per_second > 0 for record in records.values())
    assert all(record.timing['threads'] == 1 for record in records.values())
    load = re.search(r'load_from=(\S+)', log)[1]
    assert load.endswith('seed0/vared-t2c2/epoch_1.pth')  # finetuning starts from the dynamic one

    assert run_tool('run_demo.py', *words) == 0
    shown = capfd.readouterr().out
    assert shown.count('done, skipped') == 3 and ': train' not in shown

    assert run_tool('run_demo.py', *words, '--seeds', '0', '1', '--no-runs') == 0
    shown = capfd.readouterr().out
    assert shown.count('done, skipped') == 3 and ': train' not in shown
    assert re.search(r'^dynamic, finetuned  ', shown, re.MULTILINE)
    assert not (tmp_path / 'seed1').exists() and 'Not run yet: static, constant mix.' in shown
    assert run_tool('run_demo.py', *words, '--seeds', '1', '--no-runs') == 2
    assert 'static: not done in any seed' in capfd.readouterr().err


def test_a_number_for_every_split(run_tool, capsys):
    words = ['--task', 'localization', '--clips', '12', '4', '4']
    assert run_tool('run_demo.py', *words) == 2
    assert '--clips: give a number for each of train, test' in capsys.readouterr().err


def test_every_demo_has_its_data_and_its_place_in_the_results(root):
    assert set(DEMOS) == {'recognition', 'segmentation', 'localization', 'rivals'}
    page = (root / 'docs/results.md').read_text()
    for demo in DEMOS.values():
        reported = [method.name for method in demo.methods if method.reported]
        assert set(demo.needs) <= set(reported)
        assert (root / 'tools' / demo.maker).is_file()
        assert page.count(f'<!-- {demo.name}: begin -->') == 1
