"""The demo's block-wise recipe: it trains, is finetuned, tested, shown and analysed."""

import json
import math

import cv2
import numpy as np
import pytest

METHODS = ('vared-block-t2c2', 'vared-block-t2c2-finetuned')
FIRST, FINETUNED = (f'configs/demo/{m}_r2plus1d-tiny_moving-shapes.py' for m in METHODS)
BLOCKS = [f'backbone.layer{i}.0.conv1.conv.conv_s.block' for i in (1, 2, 3)]


@pytest.fixture(scope='module')
def checkpoint(run_tool, tmp_path_factory, quick) -> str:
    """Of both stages, a short epoch each."""
    first, second = (tmp_path_factory.mktemp(method) for method in METHODS)
    assert run_tool('train.py', FIRST, '--work-dir', first, '--cfg-options', *quick) == 0
    options = [*quick, f'load_from={first / "epoch_1.pth"}']
    assert run_tool('train.py', FINETUNED, '--work-dir', second, '--cfg-options', *options) == 0
    (log,) = second.glob('*/vis_data/scalars.json')
    steps = [json.loads(line) for line in log.read_text().splitlines() if 'loss_eff' in line]
    assert steps and all(math.isfinite(s['loss_efficiency']) for s in steps)
    assert all(0 < s['cost/executed_share'] <= 1 for s in steps)
    return str(second / 'epoch_1.pth')


def test_tested(run_tool, checkpoint, quick, tmp_path):
    record = tmp_path / 'test.json'
    words = ['--json', record, '--work-dir', tmp_path, '--cfg-options', *quick]
    assert run_tool('test.py', FINETUNED, checkpoint, *words) == 0
    metrics = json.loads(record.read_text())['metrics']
    assert 0 < metrics['cost/share'] < 1.1


def test_shown(run_tool, checkpoint, clips, tmp_path):
    report = tmp_path / 'demo.json'
    words = [FINETUNED, checkpoint, '--device', 'cpu', '--json', report]
    assert run_tool('demo.py', clips / 'test' / '00000.mp4', *words) == 0
    found = json.loads(report.read_text())
    assert [row['layer'] for row in found['cost']] == BLOCKS
    assert all(0 < row['channel_share'][0] <= 1 for row in found['cost'])


def test_analysed(run_tool, checkpoint, quick, tmp_path, capsys):
    words = [FINETUNED, checkpoint, '--out-dir', tmp_path, '--cfg-options', *quick]
    for tool in ('policy_heatmap', 'cost_distribution'):
        assert run_tool(f'visualizations/{tool}.py', *words) == 0
        assert cv2.imread(str(tmp_path / f'{tool}.png')).std() > 5
    policy = json.loads((tmp_path / 'policy_heatmap.json').read_text())
    assert policy['layers'] == BLOCKS and np.shape(policy['channel']) == (4, 3)
    for tool, message in (
        ('visualizations/feature_maps.py', 'a dynamic block leaves maps out'),
        ('analysis_tools/redundancy.py', 'dynamic blocks leave maps out'),
    ):
        assert run_tool(tool, *words) == 2
        assert message in capsys.readouterr().err.strip().splitlines()[-1]
