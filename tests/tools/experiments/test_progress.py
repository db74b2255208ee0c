"""A line a command; what commands print goes to the log; how far a training is."""

import sys

import pytest

from tools.experiments.progress import CommandProgress, training_progress

TRAIN = '11/30 10:00:00 - mmengine - INFO - Epoch(train)   [3][20/40]  lr: 1.0e-02  loss: 1.5'


@pytest.mark.parametrize(
    ('epochs', 'line', 'done'),
    [
        (10, TRAIN, 0.25),
        (10, TRAIN.replace('[3]', '[ 3]'), 0.25),
        (None, TRAIN, None),
        (None, 'Iter(train) [ 100/2000]  loss: 0.1', 0.05),
        (None, 'Epoch(test) [12/48]    eta: 0:00:01', 0.25),
        (None, 'Iter(test) [24/48]', 0.5),
        (10, 'Epoch(val)  [2][ 4/8]', None),
        (10, 'Load checkpoint from a.pth', None),
    ],
)
def test_how_far_a_line_is(epochs, line, done):
    assert training_progress(epochs)(line) == done


def python(code: str) -> list[str]:
    return [sys.executable, '-c', code]


def test_commands_leave_a_line_each_and_their_output_in_the_log(tmp_path, capfd):
    log, seen = tmp_path / 'folder' / 'demo.log', []
    both = "import sys; print('Iter(test) [1/2]', flush=True); print('out [b]', file=sys.stderr)"
    with CommandProgress(log) as progress:
        progress.say('first')
        progress.run('one', python(both), lambda line: seen.append(line.strip()))
        with pytest.raises(ValueError, match=r'two: ended with 3: last \(log: .*demo.log\)'):
            progress.run('two', python("print('last'); exit(3)"))
    shown = capfd.readouterr().out.splitlines()
    assert shown[0] == 'first' and shown[1].startswith('one: done in ') and len(shown) == 2
    assert seen == ['Iter(test) [1/2]', 'out [b]']
    lines = log.read_text().splitlines()
    assert [line for line in lines if line.startswith('$ python -c')] == [lines[1], lines[5]]
    assert lines[2:4] == seen and lines[-1] == 'last'
