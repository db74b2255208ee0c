"""A tool that is stopped ends at once, says so in one line, and leaves no process behind."""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: Linux: the signal that a process gets when the one that started it ends, however that ends.
_PR_SET_PDEATHSIG = 1


@contextmanager
def end_on_signals() -> Iterator[None]:
    """Inside, SIGTERM and SIGINT end the process with one line and status 128 + number.

    Nothing is saved: what was written last is whole (see :class:`DurableBackend`), and writing more
    takes longer than schedulers wait. Processes that are started inside by forking, as data loaders
    do, end with this one, on Linux also if it is killed; by themselves they would notice after
    seconds, holding memory and files.
    """
    if threading.current_thread() is not threading.main_thread():  # Python has no handlers there
        yield
        return
    _ChildrenEnd.install()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in before:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    for one in (*_SIGNALS, signal.SIGCHLD):
        signal.signal(one, signal.SIG_IGN)
    for child in multiprocessing.active_children():
        child.kill()
    if os.environ.get('RANK', '0') == '0':
        line = f'stopped by {signal.Signals(number).name}; what was saved before is whole\n'
        os.write(2, line.encode())  # a file object may be in the middle of a call
    with suppress(Exception):
        sys.stdout.flush()
        logging.shutdown()
    os._exit(128 + number)


class _ChildrenEnd:
    """What a forked child does first; once a process."""

    installed = False

    @classmethod
    def install(cls) -> None:
        if not cls.installed and hasattr(os, 'register_at_fork'):
            os.register_at_fork(before=cls.before, after_in_child=cls.after)
            cls.installed = True

    @classmethod
    def before(cls) -> None:
        cls.parent = os.getpid()
        # The system takes a child for one of the thread that started it: that thread's end counts.
        cls.by_main = threading.current_thread() is threading.main_thread()

    @classmethod
    def after(cls) -> None:
        """In the child: end by signals at once, and with the parent."""
        if signal.getsignal(signal.SIGTERM) is not _end:  # outside the context
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent ends
        if cls.by_main and sys.platform == 'linux':
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != cls.parent:  # it ended in the meantime
                os._exit(1)
