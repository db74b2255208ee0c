"""A file is whole or as it was, whatever happens while it is written."""

import errno
import os
import resource
import signal
from pathlib import Path
from unittest import mock

import pytest

from vared_mm.engine import WriteError
from vared_mm.engine.durable_backend import DurableBackend

OLD, NEW = b'old' * 100, b'new' * 100


@pytest.fixture
def path(tmp_path) -> Path:
    """A file that is there already."""
    (tmp_path / 'epoch_1.pth').write_bytes(OLD)
    return tmp_path / 'epoch_1.pth'


def test_written_and_nothing_else_left(path):
    DurableBackend().put(NEW, path)
    assert path.read_bytes() == NEW and list(path.parent.iterdir()) == [path]
    DurableBackend().put_text('text', path.parent / 'new' / 'a.txt')
    assert (path.parent / 'new' / 'a.txt').read_text() == 'text'


@pytest.mark.parametrize('call', ['os.fsync', 'pathlib.Path.replace'])
@pytest.mark.parametrize('code', [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails(path, call, code):
    failing = mock.patch(call, side_effect=OSError(code, os.strerror(code)))
    with failing, pytest.raises(WriteError) as error:
        DurableBackend().put(NEW, path)
    assert str(error.value) == f'{path}: could not be written ({os.strerror(code)})'
    assert path.read_bytes() == OLD and list(path.parent.iterdir()) == [path]


def in_child(action) -> int:
    """Do something in a process of its own; how it ended."""
    child = os.fork()
    if child == 0:
        try:
            action()
        except WriteError:
            os._exit(3)
        os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.parametrize('room', [0, 1, 100, 299])
def test_a_full_disk(path, room):
    """The kernel refuses to let a file grow beyond so many bytes."""

    def write() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        DurableBackend().put(NEW, path)

    assert os.waitstatus_to_exitcode(in_child(write)) == 3
    assert path.read_bytes() == OLD and list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize('call', ['os.fsync', 'pathlib.Path.replace'])
def test_killed_while_writing(path, call):
    def write() -> None:
        with mock.patch(call, side_effect=lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
            DurableBackend().put(NEW, path)

    assert os.waitstatus_to_exitcode(in_child(write)) == -signal.SIGKILL
    assert path.read_bytes() == OLD


def test_the_order_is_write_flush_rename(path):
    """Renamed before it is on the disk, a file could be empty after a power cut."""
    calls = []
    replace = Path.replace
    with (
        mock.patch('os.fsync', side_effect=lambda _: calls.append('flush')),
        mock.patch.object(
            Path, 'replace', lambda self, to: calls.append('rename') or replace(self, to)
        ),
    ):
        DurableBackend().put(NEW, path)
    assert calls == ['flush', 'rename', 'flush']  # the file, then its folder


def test_removing_waits_and_spares_what_is_new(path):
    backend, other = DurableBackend(), path.with_name('other.pth')
    other.write_bytes(OLD)
    (path.parent / 'folder').mkdir()
    for one in (path, other):
        backend.remove(one)
    backend.rmtree(path.parent / 'folder')
    assert path.is_file() and other.is_file()
    DurableBackend().put(NEW, path)  # by the same name, after it was to go
    backend.remove_noted()
    assert [p.name for p in path.parent.iterdir()] == [path.name] and path.read_bytes() == NEW
