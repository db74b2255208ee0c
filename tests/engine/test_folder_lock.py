"""Two trainings do not write into one folder."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vared_mm.engine import folder_lock
from vared_mm.engine.folder_lock import LOCK, lock_folder

CODE = f"""
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location('folder_lock', {folder_lock.__file__!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
held = module.lock_folder(sys.argv[1])
import os
if not os.fork():  # a worker, which lives on
    time.sleep(60)
    os._exit(0)
print('held', flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds a folder, with a worker."""
    words = [sys.executable, '-c', CODE, str(tmp_path / 'w')]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout.readline() == 'held\n'
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_folder_in_use_names_the_process(holder, tmp_path):
    with pytest.raises(ValueError, match='in use by process') as message:
        lock_folder(tmp_path / 'w')
    line = rf'.*/w: in use by process {holder.pid} on \S+ since [-\d]+ [:\d]+; name another .*'
    assert re.fullmatch(line, str(message.value))
    holder.kill()
    holder.wait()  # its worker lives on
    held = lock_folder(tmp_path / 'w')
    assert (tmp_path / 'w' / LOCK).read_text().startswith(f'process {os.getpid()} on ')
    held.close()


@pytest.mark.parametrize(('launcher', 'name'), [('pytorch', 'RANK'), ('slurm', 'SLURM_PROCID')])
def test_the_first_of_several_processes_holds_it(tmp_path, monkeypatch, launcher, name):
    monkeypatch.setenv(name, '1')
    assert lock_folder(tmp_path / 'w', launcher) is None
    monkeypatch.setenv(name, '0')
    with lock_folder(tmp_path / 'w', launcher):
        assert (tmp_path / 'w' / LOCK).is_file()


def test_a_folder_that_is_none(tmp_path):
    (tmp_path / 'w').write_text('')
    with pytest.raises(ValueError, match='w: cannot be written'):
        lock_folder(tmp_path / 'w')


@pytest.mark.parametrize('code', folder_lock._NO_LOCKS)
def test_a_disk_without_locks(tmp_path, monkeypatch, code):
    def lockf(*args):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder_lock.fcntl, 'lockf', lockf)
    assert lock_folder(tmp_path) is None
    assert Path(tmp_path, LOCK).is_file()
