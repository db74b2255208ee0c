"""Every tool, called in every wrong way: a line and a status, never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

STATIC = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
# What a tool takes: `C` a config, `W` weights, `F` a file to look at.
TOOLS = {
    'train.py': 'C',
    'test.py': 'CW',
    'demo.py': 'FCW',
    'analysis_tools/benchmark.py': 'C',
    'analysis_tools/benchmark_pipeline.py': 'CF',
    'analysis_tools/budget_curve.py': 'CW',
    'analysis_tools/compare_speed.py': 'CW',
    'analysis_tools/fit_anchors.py': 'C',
    'analysis_tools/get_flops.py': 'C',
    'analysis_tools/redundancy.py': 'CW',
    'visualizations/cost_distribution.py': 'CW',
    'visualizations/extreme_clips.py': 'CW',
    'visualizations/feature_maps.py': 'CW',
    'visualizations/policy_heatmap.py': 'CW',
    'data/check_dataset.py': 'C',
    'data/jhmdb/check.py': 'C',
    'export_weights.py': 'W',
}
CONFIGS = {
    'none.py': None,
    'folder.py': 'folder',
    'empty.py': '',
    'binary.py': b'\xff\xfe\x00\x01' * 20,
    'latin.py': 'x = "é"'.encode('latin-1'),
    'syntax.py': 'model = dict(\n',
    'raises.py': 'x = 1\ny = x / 0\n',
    'no_base.py': "_base_ = './nowhere.py'\n",
    'no_package.py': "_base_ = 'nopackage::x.py'\n",
    'circle.py': "_base_ = './circle.py'\n",
    'number.py': 'model = 5\n',
    'text.txt': 'model',
    'list.json': '[1, 2]',
    'broken.json': '{"model": ',
    'broken.yml': 'model: [1, {',
    'empty.yml': '',
    'import.json': '{"custom_imports": {"imports": ["no_such_module"]}}',
    'type.py': "_base_ = '{static}'\nmodel = dict(backbone=dict(type='NoSuchType'))\n",
    'argument.py': "_base_ = '{static}'\nmodel = dict(backbone=dict(no_such_argument=1))\n",
    'value.py': "_base_ = '{static}'\nmodel = dict(backbone=dict(base_channels='many'))\n",
    'typo.py': "_base_ = '{static}'\noptim_wraper = dict(optimizer=dict(lr=1))\n",
    'deep_typo.py': "_base_ = '{static}'\nauto_scale_lr = dict(base_batchsize=1)\n",
    'epochs.py': "_base_ = '{static}'\ntrain_cfg = dict(max_epochs=-3)\n",
    'merge.py': "_base_ = '{static}'\nmodel = dict(backbone=dict(type=dict(a=1)))\n",
}
WEIGHTS = ('none.pth', 'folder.pth', 'empty.pth', 'text.pth', 'other.pth', 'number.pth')
OUTPUTS = (
    '/proc/no/x.json',
    '{bad}/folder.py',
    '/dev/null',
    '{bad}/text.txt/x.json',
    '',
    'x' * 300,
)
FOLDERS = ('/proc/no', '{bad}/text.txt', '/dev/null', '{bad}/text.txt/x', '', 'x' * 300)
# Options of a tool, with values that are wrong.
NUMBER = ('-1', '0', 'x', '1.5')
OPTIONS = {
    'train.py': {'--work-dir': FOLDERS, '--seed': ('-1', 'x')},
    'test.py': {
        '--work-dir': FOLDERS,
        '--json': OUTPUTS,
        '--dump': (*OUTPUTS, 'x.json'),
        '--show-dir': FOLDERS,
        '--budget': ('-1', '0', 'nan', '2', 'x'),
        '--interval': NUMBER,
        '--wait-time': ('-1', 'nan'),
    },
    'demo.py': {
        '--json': OUTPUTS,
        '--out': OUTPUTS,
        '--device': ('nowhere', 'cuda:99', 'cpu:1', 'meta', ''),
        '--score': ('-1', 'nan', 'x'),
    },
    'analysis_tools/benchmark.py': {
        '--json': OUTPUTS,
        '--batch-size': NUMBER,
        '--threads': NUMBER,
        '--rounds': NUMBER,
        '--device': ('nowhere', 'cuda:99'),
    },
    'analysis_tools/benchmark_pipeline.py': {'--json': OUTPUTS, '--rounds': NUMBER},
    'analysis_tools/budget_curve.py': {
        '--json': OUTPUTS,
        '--plot': (*OUTPUTS, 'x.abc'),
        '--budgets': ('0', 'nan', '2'),
        '--sample': NUMBER,
    },
    'analysis_tools/compare_speed.py': {'--json': OUTPUTS, '--clips': NUMBER, '--rounds': NUMBER},
    'analysis_tools/fit_anchors.py': {'--count': NUMBER, '--grid': NUMBER, '--seed': ('-1',)},
    'analysis_tools/get_flops.py': {'--shape': ('1', '0', 'x')},
    **{
        tool: {'--out-dir': FOLDERS, '--clips': NUMBER, '--device': ('nowhere', 'cuda:99')}
        for tool in (
            'analysis_tools/redundancy.py',
            'visualizations/cost_distribution.py',
            'visualizations/policy_heatmap.py',
        )
    },
    'visualizations/extreme_clips.py': {'--classes': NUMBER, '--each': NUMBER},
    'visualizations/feature_maps.py': {'--maps': NUMBER, '--frames': NUMBER},
    'data/check_dataset.py': {
        '--report': OUTPUTS,
        '--sample': NUMBER,
        '--workers': NUMBER,
        '--seed': ('-1',),
        '--split': ('x',),
    },
    'data/jhmdb/check.py': {'--report': OUTPUTS},
}
# Whole calls of the tools that take no config.
CALLS = {
    'export_weights.py': [['{bad}/other.pth', out] for out in OUTPUTS],
    'leaderboard.py': [
        ['nothing'],
        ['rows', '--table', '9.9'],
        *(['build', '--out', out] for out in FOLDERS),
        ['suite', '9.9', '--profile', 'demo'],
        ['suite', '4.1', '--profile', 'demo', '--jobs', '0'],
        ['suite', '4.1', '--profile', 'demo', '--cfg-options', 'no_such_key=1'],
        ['suite', '4.1', '--profile', 'demo', '--gpus', '-1'],
        ['suite', '4.1', '--profile', 'demo', '--work-dir', '/proc/no'],
    ],
    'run_demo.py': [
        ['--task', 'nothing'],
        ['--clips', '1', '2'],
        ['--cfg-options', 'no_such_key=1'],
        ['--cfg-options', 'word'],
        ['--clips', 'x', '2', '3'],
        ['--seeds', 'x'],
        ['--seeds', '-1'],
        ['--work-dir', '/proc/no'],
        ['--data-dir', '/proc/no'],
    ],
    'run_localization_demo.py': [['--clips', 'x', '3'], ['--work-dir', '/proc/no']],
    'data/jhmdb/prepare.py': [
        ['{bad}/none'],
        ['{bad}/text.txt'],
        ['{bad}', '--ground-truth', '{bad}/text.txt'],
        ['{bad}', '--ground-truth', '{bad}/folder.py'],
        ['{bad}', '--split', '4'],
    ],
    **{
        f'data/{name}/prepare.py': [
            ['{bad}/none'],
            ['{bad}/text.txt'],
            ['{bad}', '--annotations', '{bad}/text.txt'],
            ['{bad}', '--workers', '0'],
            ['{bad}', '--out', '/proc/no'],
        ]
        for name in ('kinetics400', 'mini_kinetics200', 'moments_in_time')
    },
    **{
        f'data/synthetic/make_{name}.py': [
            ['/proc/no'],
            ['{bad}/text.txt'],
            ['{bad}/set', '--train', '-1'],
            ['{bad}/set', '--seed', '-1'],
            ['{bad}/set'],  # is another set
        ]
        for name in ('moving_shapes', 'shape_scenes', 'acting_shapes')
    },
    'data/synthetic/make_moving_shapes.py': [
        ['/proc/no'],
        ['{bad}/set'],
        ['{bad}/set', '--workers', '0'],
        ['{bad}/set', '--size', '1', '1'],
        ['{bad}/set', '--frames', '0'],
    ],
}


@pytest.fixture(scope='module')
def bad(tmp_path_factory, root) -> Path:
    """A folder of files that are wrong, each in its way."""
    folder = tmp_path_factory.mktemp('bad')
    for name, content in CONFIGS.items():
        if content == 'folder':
            (folder / name).mkdir()
        elif isinstance(content, bytes):
            (folder / name).write_bytes(content)
        elif content is not None:
            (folder / name).write_text(content.replace('{static}', str(root / STATIC)))
    (folder / 'folder.pth').mkdir()
    (folder / 'empty.pth').touch()
    for name in ('text.pth', 'text.mp4'):
        (folder / name).write_text('some words\n' * 50)
    torch.save({'state_dict': {'other.weight': torch.zeros(3)}}, folder / 'other.pth')
    torch.save(5, folder / 'number.pth')
    (folder / 'set').mkdir()
    (folder / 'set/manifest.json').write_text('{"drawing": 1}')
    return folder


@pytest.fixture
def fails(run_tool, bad, tmp_path, capsys, monkeypatch) -> Callable[..., str]:
    """Call a tool; gives nothing if it ends as it should, else what happened."""

    def call(tool: str, words: list[str], named: str = '') -> str:
        words = [word.replace('{bad}', str(bad)) for word in words]
        if tool == 'train.py' and '--work-dir' not in words:
            words += ['--work-dir', str(tmp_path / 'w')]
        message = f'{tool} {" ".join(words)}'
        try:
            status = run_tool(tool, *words)
        except BaseException as error:  # what would be a traceback
            capsys.readouterr()
            return f'{message}: {type(error).__name__}: {str(error)[:200]}'
        lines = capsys.readouterr().err.strip().splitlines() or ['nothing']
        wrong = status not in (1, 2) or 'error: ' not in lines[-1] or named not in lines[-1]
        return f'{message}: {status}, {lines[-1][:300]}' if wrong else ''

    return call


def _words(kinds: str, bad: Path, **given: str) -> list[str]:
    usual = {'C': STATIC, 'W': f'{bad}/none.pth', 'F': f'{bad}/text.mp4'}
    return [given.get(kind, usual[kind]) for kind in kinds]


@pytest.mark.parametrize('tool', [tool for tool, kinds in TOOLS.items() if 'C' in kinds])
def test_a_bad_config(fails, bad, tool):
    found = [fails(tool, _words(TOOLS[tool], bad, C=f'{bad}/{name}')) for name in CONFIGS]
    assert not [line for line in found if line]


@pytest.mark.parametrize('tool', [tool for tool, kinds in TOOLS.items() if 'W' in kinds])
def test_bad_weights(fails, bad, quick, tmp_path, tool):
    more, names = [], WEIGHTS
    if 'F' not in TOOLS[tool] and 'C' in TOOLS[tool]:
        more = ['--cfg-options', *quick]
    elif tool == 'export_weights.py':
        more, names = [str(tmp_path / 'x.safetensors')], WEIGHTS[:4]
    calls = {name: [*_words(TOOLS[tool], bad, W=f'{bad}/{name}'), *more] for name in names}
    found = [fails(tool, words, name) for name, words in calls.items()]
    assert not [line for line in found if line]


@pytest.mark.parametrize('tool', OPTIONS)
def test_a_bad_option(fails, bad, tool):
    words = _words(TOOLS[tool], bad)
    calls = [[option, value] for option, values in OPTIONS[tool].items() for value in values]
    calls += [['--no-such-option'], ['--cfg-options', 'no_such_key=1'], ['--cfg-options', 'word']]
    assert not [line for call in calls if (line := fails(tool, [*words, *call]))]


@pytest.mark.parametrize('tool', CALLS)
def test_a_bad_call(fails, tool):
    assert not [line for words in CALLS[tool] if (line := fails(tool, words))]
