"""Parameters and MACs of a config by the command line."""

import json

import pytest
from mmengine.config import Config

from vared_mm.apis import model_cost

NAME = 'vared-t2c2_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb'
CONFIG = f'configs/recognition/r2plus1d/{NAME}.py'
TOOL = 'analysis_tools/get_flops.py'


def test_json(run_tool, capsys):
    """The stem by hand: 1x7x7 from 3 to 83 maps, at half size."""
    assert run_tool(TOOL, CONFIG, '--json') == 0
    found = json.loads(capsys.readouterr().out)
    assert (found['config'], found['input_shape']) == (NAME, [1, 1, 3, 16, 128, 128])
    layers = {layer['layer']: layer for layer in found['layers']}
    stem = layers['backbone.conv1.conv.conv_s']
    assert (stem['kind'], stem['dense_macs']) == ('conv', 16 * 64 * 64 * 83 * 3 * 49)
    dynamic = [layer for layer in found['layers'] if 'least_conv_macs' in layer]
    assert len(dynamic) == 16
    saved = sum(layer['dense_macs'] - layer['least_conv_macs'] for layer in dynamic)
    assert found['least_macs_thesis'] == found['static_macs'] - saved
    assert found['least_macs_thesis'] < found['least_macs_full'] < found['static_macs']
    assert found['parameters_without_gates'] < found['parameters']


def test_readable(run_tool, root, capsys):
    assert run_tool(TOOL, CONFIG, '--shape', 3, 8, 16, 16) == 0
    text = capsys.readouterr().out
    cost = model_cost(Config.fromfile(root / CONFIG), (3, 8, 16, 16))
    assert f'static model                    {cost.static / 1e9:.4f}' in text
    assert f'least, thesis count             {cost.least_thesis / 1e9:.4f}' in text
    assert f'Parameters: {cost.parameters / 1e6:.3f} M' in text


@pytest.mark.parametrize(
    ('args', 'line'),
    [
        (['configs/none.py'], 'configs/none.py: no such config'),
        (['README.md'], 'README.md: not a config'),
        ([CONFIG, '--shape', '3', '0', '8', '8'], '--shape'),
        ([CONFIG, '--shape', '3', '1', '8', '8'], 'temporal=2'),
    ],
)
def test_bad_input(run_tool, capsys, args, line):
    assert run_tool(TOOL, *args) == 2
    output = capsys.readouterr()
    last = output.err.strip().splitlines()[-1]
    assert output.out == '' and 'error: ' in last and line in last
