"""Rows of the thesis by the command line: all have a config that costs what they say."""

import json
import subprocess
import sys

import pytest

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
}


def call(root, *args: str) -> subprocess.CompletedProcess:
    command = [sys.executable, root / 'tools/leaderboard.py', 'rows', *args]
    return subprocess.run(
        command, cwd=root, env={'PYTHONPATH': str(root), 'OMP_NUM_THREADS': '1'},
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.slow
def test_every_row(root):
    rows = json.loads(call(root, '--json').stdout)
    thesis = json.loads((root / 'results/thesis.json').read_text())['tables']
    assert len(rows) == 71
    for row in rows:
        source = thesis[row['table']]['rows'][row['row'] - 1]
        assert (row['model'], row['thesis_gflops']) == (source['model'], source.get('gflops'))
        if row['config'] is None:
            assert row['static_gflops'] is row['least_gflops'] is row['reachable'] is None
            continue
        assert (root / row['config']).is_file()
        assert row['reachable'] is True, row
        data = row['config'].rpartition('_')[2].removesuffix('-rgb.py')
        key = (row['model'], data if row['model'] == 'x3d_m' else source.get('frames'))
        assert row['static_gflops'] == pytest.approx(STATIC[key], rel=1e-3)
        dynamic = 'static' not in row['config']
        assert (row['least_gflops'] < 0.7 * row['static_gflops']) == dynamic


def test_readable(root):
    lines = call(root, '--table', '4.12').stdout.splitlines()
    assert lines[-4].split()[:7] == ['4.12', '1', 'r2plus1d_18', '55.20', '55.21', '55.21', 'yes']


def test_an_unknown_table(root):
    done = call(root, '--table', '9.9')
    assert (done.returncode, done.stdout) == (2, '')
    assert (
        done.stderr.strip().splitlines()[-1] == 'error: --table 9.9: the thesis has no such table'
    )
