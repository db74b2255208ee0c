"""Rows of the thesis by the command line: all have a config that costs what they say."""

import json
from pathlib import Path

import pytest
from mmengine.config import Config

from tools.experiments import find_config
from vared_mm.apis import model_cost
from vared_mm.reporting import read_recipe_costs

# "Ours" of the calibration: model and frames (X3D by whether norms count) -> static GFLOPs.
STATIC = {
    ('r2plus1d_18', 8): 27.607,
    ('r2plus1d_18', 16): 55.214,
    ('r2plus1d_18', 32): 110.428,
    ('i3d_inceptionv2', 16): 56.024,
    ('i3d_inceptionv2', 32): 112.048,
    ('tpn_r2plus1d_18', 8): 28.479,
    ('tpn_r2plus1d_18', 16): 56.847,
    ('corrnet_r2plus1d_18', 16): 60.756,
    ('tsn_r50', 16): 65.758,
    ('ar_net', 16): 66.656,  # every frame by ResNet-50 after the policy
    ('x3d_m', 'mini-kinetics200'): 6.2001,
    ('x3d_m', 'moments-in-time'): 6.2001,
    ('x3d_m', 'kinetics400'): 6.4176,
    ('yowo_i3d_inceptionv2', None): 43.927,
    ('yowo_x3d_m', None): 5.7501,
}


@pytest.mark.slow
def test_every_row(run_tool, root, capsys):
    assert run_tool('leaderboard.py', 'rows', '--json') == 0
    rows = json.loads(capsys.readouterr().out)
    thesis = json.loads((root / 'results/thesis.json').read_text())['tables']
    assert len(rows) == 71
    costs = read_recipe_costs()
    assert set(costs) == {Path(row['config']).stem for row in rows if row['config']}
    for row in rows:
        source = thesis[row['table']]['rows'][row['row'] - 1]
        assert (row['model'], row['thesis_gflops']) == (source['model'], source.get('gflops'))
        if row['config'] is None:
            assert row['static_gflops'] is row['least_gflops'] is row['reachable'] is None
            continue
        assert (root / row['config']).is_file()
        assert row['reachable'] is True, row
        cost = costs[Path(row['config']).stem]  # else: leaderboard.py costs
        known = [cost.static_macs / 1e9, cost.least_macs / 1e9]
        assert [row['static_gflops'], row['least_gflops']] == pytest.approx(known, rel=1e-9)
        data = row['config'].rpartition('_')[2].removesuffix('-rgb.py')
        key = (row['model'], data if row['model'] == 'x3d_m' else source.get('frames'))
        assert row['static_gflops'] == pytest.approx(STATIC[key], rel=1e-3)
        dynamic = 'static' not in row['config']
        assert (row['least_gflops'] < 0.7 * row['static_gflops']) == dynamic


@pytest.mark.parametrize('name', ['static_x3d-m', 'vared-t2c2-finetuned_x3d-m'])
def test_stored_costs(name):
    costs = read_recipe_costs()
    name = next(config for config in costs if config.startswith(f'{name}_96xb12-16x5x1'))
    cost = model_cost(Config.fromfile(find_config(name)))
    assert (cost.static, cost.least_thesis) == (costs[name].static_macs, costs[name].least_macs)
    sizes = costs[name].parameters, costs[name].parameters_without_gates
    assert (cost.parameters, cost.parameters_without_gates) == sizes


def test_readable(run_tool, capsys):
    assert run_tool('leaderboard.py', 'rows', '--table', '4.12') == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4].split()[:7] == ['4.12', '1', 'r2plus1d_18', '55.20', '55.21', '55.21', 'yes']


def test_an_unknown_table(run_tool, capsys):
    assert run_tool('leaderboard.py', 'rows', '--table', '9.9') == 2
    message = capsys.readouterr()
    assert message.out == ''
    assert (
        message.err.strip().splitlines()[-1] == 'error: --table 9.9: the thesis has no such table'
    )


def test_what_is_committed_agrees_with_its_records(run_tool, capsys):
    assert run_tool('leaderboard.py', 'check') == 0, capsys.readouterr().err


def test_build_names_what_it_leaves_out(run_tool, tmp_path, capsys):
    (tmp_path / 'runs').mkdir()
    (tmp_path / 'runs' / 'result.json').write_text('{}')
    out = tmp_path / 'out'
    assert run_tool('leaderboard.py', 'build', tmp_path / 'runs', '--out', out) == 0
    message = capsys.readouterr()
    assert '0 run(s), 1 file(s) left out' in message.out and 'runs/result.json: key' in message.err
    assert {p.name for p in out.iterdir()} == {
        'site', 'leaderboard.md', 'leaderboard.csv', 'runs.sqlite'
    }  # fmt: skip
    assert (out / 'site' / 'table-B.2.html').is_file()


@pytest.mark.parametrize('profile', ['demo', 'full'])
def test_suite_tells_what_would_run(run_tool, capsys, tmp_path, profile):
    words = ['4.2', '4.8', '--profile', profile, '--dry-run', '--work-dir', tmp_path]
    assert run_tool('leaderboard.py', 'suite', *words) == 0
    lines = capsys.readouterr().out.splitlines()
    runs = [line.split()[-1] for line in lines if line.startswith('to run')]
    assert len(runs) == len(set(runs)) >= 6
    for place, name in enumerate(runs):  # what others start from comes first
        if 'finetuned' in name:
            assert any('finetuned' not in before for before in runs[:place])
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['9.9', '--profile', 'full'], '9.9: the thesis has no such table'),
        (['4.3', '--profile', 'demo'], '4.3: no demo profile; there are: 4.1, 4.2'),
    ],
)
def test_suite_of_an_unknown_table(run_tool, capsys, words, message):
    assert run_tool('leaderboard.py', 'suite', *words) == 2
    assert capsys.readouterr().err.strip().startswith(f'error: {message}')
