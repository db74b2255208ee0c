"""tools/run_demo.py: every stage once, a table, nothing twice."""

import re
import runpy
from pathlib import Path

import pytest

from vared_mm.reporting import RunResult


@pytest.mark.slow
def test_the_demo_runs_and_skips_what_is_done(run_tool, quick, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv('PYTHONPATH', str(Path(__file__).parents[2]))
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
    assert shown.count('$ python tools/train.py') == shown.count('$ python tools/test.py') == 3

    records = {path.parent.name: RunResult.load(path) for path in tmp_path.glob('seed0/*/*.json')}
    assert set(records) == {'static', 'vared-t2c2', 'vared-t2c2-finetuned'}
    assert all(record.clips_per_second > 0 for record in records.values())
    load = re.search(r'load_from=(\S+)', shown)[1]
    assert load.endswith('seed0/vared-t2c2/epoch_1.pth')  # finetuning starts from the dynamic one

    assert run_tool('run_demo.py', *words) == 0
    shown = capfd.readouterr().out
    assert shown.count('done, skipped') == 3 and '$ python tools/train.py' not in shown

    assert run_tool('run_demo.py', *words, '--seeds', '0', '1', '--no-runs') == 0
    shown = capfd.readouterr().out
    assert shown.count('done, skipped') == 3 and '$ python tools/train.py' not in shown
    assert re.search(r'^dynamic, finetuned  ', shown, re.MULTILINE)
    assert not (tmp_path / 'seed1').exists() and 'Not run yet: static, constant mix.' in shown
    assert run_tool('run_demo.py', *words, '--seeds', '1', '--no-runs') == 2
    assert 'static: not done in any seed' in capfd.readouterr().err


def test_a_number_for_every_split(run_tool, capsys):
    words = ['--task', 'localization', '--clips', '12', '4', '4']
    assert run_tool('run_demo.py', *words) == 2
    assert '--clips: give a number for each of train, test' in capsys.readouterr().err


def test_every_demo_has_its_data_and_its_place_in_the_results(root):
    demos = runpy.run_path(str(root / 'tools/demo_stages.py'))['DEMOS']
    assert set(demos) == {'recognition', 'segmentation', 'localization', 'rivals'}
    page = (root / 'docs/results.md').read_text()
    for demo in demos.values():
        assert {'static', 'dynamic, finetuned'} <= set(demo.stages)
        assert (root / 'tools' / demo.maker).is_file()
        assert page.count(f'<!-- {demo.name}: begin -->') == 1
