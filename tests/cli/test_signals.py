"""A process that is stopped or killed leaves none of its workers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vared_mm.cli import signals

#: Without the package around it, which takes long to import.
CODE = f"""
import importlib.util, time
from torch.utils.data import DataLoader, Dataset
spec = importlib.util.spec_from_file_location('signals', {signals.__file__!r})
signals = importlib.util.module_from_spec(spec)
spec.loader.exec_module(signals)

class Slow(Dataset):
    def __len__(self):
        return 8
    def __getitem__(self, i):
        time.sleep(30 * (i > 1))
        return i

def begin(worker):
    import os
    print('worker', os.getpid(), flush=True)

@signals.end_on_signals()
def main():
    for batch in DataLoader(Slow(), num_workers=2, worker_init_fn=begin, persistent_workers=True):
        print('got', int(batch), flush=True)

main()
"""


def is_there(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked for does not."""
    stat = Path(f'/proc/{pid}/stat')
    try:
        return stat.read_text().rpartition(')')[2].split()[0] not in 'ZX'
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != 'linux', reason='looks into /proc')
@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(number):
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process = subprocess.Popen([sys.executable, '-c', CODE], **pipes, env=os.environ)
    lines = [process.stdout.readline() for _ in range(4)]  # two workers, two samples
    workers = [int(line.split()[1]) for line in lines if line.startswith('worker')]
    assert len(workers) == 2 and all(map(is_there, workers))
    process.send_signal(number)
    # Workers hold its pipes: all are gone when they are closed.
    begin = time.monotonic()
    _, error = process.communicate(timeout=60)
    # A process that ends closes its files some time before it is gone.
    while any(map(is_there, workers)) and time.monotonic() - begin < 4:
        time.sleep(0.01)
    assert time.monotonic() - begin < 4  # by themselves they look every five seconds
    if number == signal.SIGKILL:
        assert process.returncode == -9
    else:
        assert process.returncode == 128 + number
        assert error == f'stopped by {number.name}; what was saved before is whole\n'


def test_handlers_are_as_before_afterwards():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with signals.end_on_signals():
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
