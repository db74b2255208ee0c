"""Each fault gives its one line, and a sound installation none."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest

from vared_mm import doctor, installation
from vared_mm.installation import FAMILIES, Installation

SOUND = Installation(
    distributions={names[0]: '1.0' for names in FAMILIES.values()},
    h264_encoder='libx264',
    compiled_ops=True,
    compiler='/usr/bin/c++',
    threads=2,
)


def change(add=(), drop=(), **changes):
    """Return the sound installation with some distributions more or less, and other changes."""
    distributions = dict(SOUND.distributions) | dict.fromkeys(add, '1.0')
    for name in drop:
        del distributions[name]
    return dataclasses.replace(SOUND, distributions=distributions, **changes)


def test_nothing_to_say():
    assert doctor.examine(SOUND) == []


@pytest.mark.parametrize(
    ('it', 'words'),
    [
        (change(add=['mmengine']), ['onedl-mmengine and mmengine', 'uninstall']),
        (change(add=['mmcv-lite']), ['onedl-mmcv and mmcv-lite', 'uninstall']),
        (change(add=['mmsegmentation']), ['onedl-mmsegmentation and mmsegmentation']),
        (change(add=['opencv-python-headless']), ['opencv-python and opencv-python-headless']),
        (
            change(drop=['mmaction2']),
            ['mmaction2 is missing', 'install --no-deps mmaction2==1.2.0'],
        ),
        (change(drop=['av']), ['PyAV is missing: pip install av']),
        (change(broken={'torchvision': 'RuntimeError: nms'}), ['nms', 'uninstall -y torchvision']),
        (change(broken={'OpenCV': 'ImportError: libGL'}), ['libGL', 'opencv-python']),
        (change(h264_encoder=None), ['no H.264 encoder']),
    ],
)
def test_what_is_wrong(it, words):
    (finding,) = doctor.examine(it)
    assert finding.wrong
    assert '\n' not in finding.text
    for word in words:
        assert word in finding.text


@pytest.mark.parametrize(
    ('it', 'word'),
    [(change(compiled_ops=False), 'compiled ops'), (change(compiler=None), 'compiler')],
)
def test_what_is_good_to_know(it, word):
    (finding,) = doctor.examine(it)
    assert not finding.wrong
    assert word in finding.text


def test_later_failures_point_to_the_first():
    it = change(broken={'torch': 'OSError: x', 'mmengine': 'OSError: x'}, compiled_ops=False)
    first, second, note = doctor.examine(it)
    assert '--force-reinstall --no-deps torch' in first.text
    assert 'mend torch first' in second.text
    assert not note.wrong


@pytest.mark.parametrize('it', [SOUND, change(drop=['av'])])
def test_exit_status_and_json(it, monkeypatch, capsys):
    monkeypatch.setattr(doctor, 'look', lambda: it)
    wrong = it is not SOUND
    assert doctor.main() == wrong
    assert capsys.readouterr().out.splitlines()[-1] == ('1 wrong' if wrong else 'all well')
    assert doctor.main(as_json=True) == wrong
    report = json.loads(capsys.readouterr().out)
    assert report['versions']['OpenCV'] == '1.0 (opencv-python)'
    assert [one['wrong'] for one in report['findings']] == [True] * wrong


def test_no_encoder_is_noticed(monkeypatch):
    codec = pytest.importorskip('av.codec')
    assert installation._h264_encoder()

    def none(name, mode):
        raise codec.codec.UnknownCodecError(name)

    monkeypatch.setattr(codec, 'Codec', none)
    assert installation._h264_encoder() is None


@pytest.mark.parametrize(
    ('files', 'error'),
    [
        ({'__init__.py': ''}, None),
        ({}, 'leftover is an empty folder'),
        ({'__init__.py': 'raise OSError("no libGL\\nmore")'}, 'OSError: no libGL'),
    ],
)
def test_import_errors_in_one_line(files, error, tmp_path, monkeypatch):
    (tmp_path / 'leftover').mkdir()
    for name, text in files.items():
        (tmp_path / 'leftover' / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'leftover', raising=False)
    assert installation._import_error('leftover') == error
    sys.modules.pop('leftover', None)


def test_command_on_a_broken_installation(root, tmp_path):
    """Two faults laid over this very installation; everything else is looked at for real."""
    for name in ('torchvision', 'mmengine-lite'):
        folder = tmp_path / f'{name.replace("-", "_")}-0.1.dist-info'
        folder.mkdir()
        (folder / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n')
    (tmp_path / 'torchvision.py').write_text("raise RuntimeError('operator nms does not exist')")
    done = subprocess.run(
        [sys.executable, '-m', 'vared_mm', 'doctor'],
        cwd=root,
        env=os.environ | {'PYTHONPATH': str(tmp_path)},
        capture_output=True,
        text=True,
    )
    wrong = [line for line in done.stdout.splitlines() if line.startswith('wrong: ')]
    assert done.returncode == 1, done.stdout + done.stderr
    assert any('share files' in line and 'mmengine-lite' in line for line in wrong)
    assert any('torchvision can not be imported' in line and 'nms' in line for line in wrong)
    assert not any('mmaction2' in line for line in wrong)
