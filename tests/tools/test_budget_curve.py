"""tools/analysis_tools/budget_curve.py: accuracy against executed MACs."""

import json

DYNAMIC = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'


def test_a_curve_is_tabled_drawn_and_written(run_tool, quick, trained, tmp_path, capsys):
    found, plot = tmp_path / 'curve.json', tmp_path / 'curve.png'
    words = ['--budgets', '0.7', '0.85', '--json', found, '--plot', plot, '--sample', '12']
    words += ['--work-dir', tmp_path / 'w', '--cfg-options', *quick]
    tool = 'analysis_tools/budget_curve.py'
    assert run_tool(tool, DYNAMIC, trained['vared-t2c2'], *words) == 0
    rows = json.loads(found.read_text())['rows']
    assert [row['budget'] for row in rows] == [None, 0.85, 0.7]
    shares = [row['cost/share'] for row in rows]
    assert shares == sorted(shares, reverse=True) and shares[0] > 1 and shares[2] < 0.9
    assert [row['threshold'] for row in rows][0] == 0 < rows[1]['threshold']
    assert plot.read_bytes().startswith(b'\x89PNG')
    assert 'executed share' in capsys.readouterr().out
