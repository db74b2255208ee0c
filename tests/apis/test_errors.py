"""Mistakes as one line."""

import pytest

from vared_mm.apis import one_line_errors

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


def test_what_is_not_expected_keeps_its_traceback():
    with pytest.raises(RuntimeError, match='a bug'):
        fail_with(RuntimeError('a bug'))
    with pytest.raises(ValueError, match='another kind'):
        fail_with(ValueError('another kind'), KeyError)
