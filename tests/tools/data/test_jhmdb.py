"""Label files from the single ground truth, and the check of both."""

import json
import shutil
from pathlib import Path

import pytest

from vared_mm.datasets.synthetic import make_acting_shapes

CONFIG = 'configs/_base_/datasets/acting_shapes.py'


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two videos to train on, one to test on."""
    return make_acting_shapes(tmp_path / 'set', {'train': 2, 'test': 1}, frames=3)


@pytest.fixture
def config(folder, tmp_path, root) -> Path:
    """A config of that folder."""
    path = tmp_path / 'config.py'
    loaders = [f'{x}_dataloader = dict(dataset=dict(data_root={str(folder)!r}))' for x in
               ('train', 'val', 'test')]  # fmt: skip
    path.write_text('\n'.join([f'_base_ = {str(root / CONFIG)!r}', *loaders]))
    return path


def test_label_files_are_as_the_generator_wrote_them(run_tool, folder, capsys):
    before = {p.relative_to(folder): p.read_text() for p in folder.rglob('*.txt')}
    shutil.rmtree(folder / 'labels')
    (folder / 'trainlist.txt').unlink()
    assert run_tool('data/jhmdb/prepare.py', folder) == 0
    assert 'trainlist.txt: 6 frames of 2 videos' in capsys.readouterr().out
    assert {p.relative_to(folder): p.read_text() for p in folder.rglob('*.txt')} == before


def test_what_prepare_refuses(run_tool, folder, capsys):
    assert run_tool('data/jhmdb/prepare.py', folder, '--split', 2) == 2
    assert "key 'train_videos' has no split 2" in capsys.readouterr().err
    (folder / 'JHMDB-GT.pkl').write_bytes(b'cos\nsystem\n(S"false"\ntR.')
    assert run_tool('data/jhmdb/prepare.py', folder) == 2
    error = capsys.readouterr().err.strip()
    assert error.endswith('JHMDB-GT.pkl: not a plain pickle (os.system is not allowed in it)')
    assert len(error.splitlines()) == 1


def test_check(run_tool, folder, config, tmp_path, capsys):
    tool, report = 'data/jhmdb/check.py', tmp_path / 'report.json'
    assert run_tool(tool, config) == 0
    assert 'nothing is wrong' in capsys.readouterr().out
    image, label = sorted(folder.glob('rgb-images/*/train*/00002.png'))
    image.write_bytes(b'no image')
    label = sorted(folder.glob('labels/*/train*/00003.txt'))[0]
    label.write_text('1 -9 -9 20 20\n')
    assert run_tool(tool, config, '--report', report) == 1
    found = json.loads(report.read_text())
    assert found['frames'] == 6
    assert {kind: len(names) for kind, names in found['problems'].items()} == {
        'box clipped to the frame': 1,
        'bad image': 1,
    }
    assert str(image) in found['problems']['bad image'][0]
    assert run_tool(tool, config, '--annotations-only') == 1
    assert 'bad image' not in capsys.readouterr().out.split('frames can be used')[-1]


def test_check_of_something_else(run_tool, capsys):
    assert run_tool('data/jhmdb/check.py', 'configs/_base_/datasets/moving_shapes.py') == 2
    assert 'is no vared_mm.JHMDBDataset' in capsys.readouterr().err
