"""Mistakes as one line."""

import os
import sys

import pytest
from mmengine.config import Config
from mmengine.registry import MODELS

from vared_mm.cli import command, one_line_errors

# What a data loader hands over from one of its processes.
FROM_A_WORKER = (
    'Caught VideoError in DataLoader worker process 0.\nOriginal Traceback (most recent call last)'
    ':\n  File "x.py"\nvared_mm.datasets.VideoError: a: b.mp4: no video\n'
)


def fail_with(error: BaseException, *kinds: type[BaseException]) -> None:
    with one_line_errors(*kinds):
        raise error


@pytest.mark.parametrize(
    ('error', 'line'),
    [
        (
            ValueError('list.txt:3: label 9\n  is wrong'),
            'list.txt:3: label 9 is wrong',
        ),
        (KeyError('no such key'), 'no such key'),
        (FileNotFoundError('x.py'), 'x.py'),
        (ValueError(), 'ValueError'),
        (ValueError(FROM_A_WORKER), 'a: b.mp4: no video'),
    ],
)
def test_an_expected_error_is_one_line_and_status_2(capsys, error, line):
    with pytest.raises(SystemExit) as stop:
        fail_with(error)
    assert stop.value.code == 2
    assert capsys.readouterr().err == f'error: {line}\n'


def test_what_a_config_names_and_can_not_be_built_is_one_line(capsys):
    def build(**settings) -> None:
        with one_line_errors(KeyError):
            MODELS.build(settings)

    for settings, message in (
        (dict(type='Conv3d', no_such=1), 'TypeError: Conv3d.__init__() got an unexpected'),
        (dict(type='NoSuchLayer'), 'NoSuchLayer is not in the '),
    ):
        with pytest.raises(SystemExit):
            build(**settings)
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1 and lines[0].startswith(f'error: {message}')


def test_a_key_that_a_config_lacks_is_one_line(capsys):
    with pytest.raises(SystemExit), one_line_errors():
        Config({'model': {}}).model.backbone  # noqa: B018
    assert capsys.readouterr().err == 'error: the config has no key backbone\n'
    with pytest.raises(AttributeError), one_line_errors():
        [].backbone  # noqa: B018


def test_the_environment_asks_for_the_traceback(monkeypatch):
    monkeypatch.setenv('VARED_MM_TRACEBACK', '1')
    with pytest.raises(ValueError, match='x'):
        fail_with(ValueError('x'))


@pytest.mark.parametrize(
    ('error', 'status', 'message'),
    [
        (KeyboardInterrupt(), 130, 'interrupted\n'),
        (OSError(28, 'No space left on device', 'x.json'), 2, 'x.json: No space left on device\n'),
    ],
)
def test_a_command_ends_without_a_traceback(capsys, error, status, message):
    @command
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == status and capsys.readouterr().err.endswith(message)


def test_a_reader_that_has_gone_is_no_mistake(capsys, monkeypatch):
    """As of `| head`; what is left to write goes nowhere, so that Python's end is quiet too."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, 'w') as output, pytest.raises(SystemExit) as stop:
        monkeypatch.setattr(sys, 'stdout', output)
        command(lambda: print('x'))()
    assert stop.value.code == 141 and capsys.readouterr().err == ''


def test_what_is_not_expected_keeps_its_traceback():
    with pytest.raises(RuntimeError, match='a bug'):
        fail_with(RuntimeError('a bug'))
    with pytest.raises(ValueError, match='another kind'):
        fail_with(ValueError('another kind'), KeyError)
