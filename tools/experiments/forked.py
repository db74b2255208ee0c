"""Tools run in a child of this process, which has made their imports already."""

import importlib
import os
import runpy
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from yapf.yapflib import yapf_api


def call_forked(words: Sequence[str], log: Path, folder: Path) -> int:
    """Run a tool as its command would, and give its exit status.

    Starting Python with torch and OpenMMLab takes as long as a short test, and so does laying out
    the config each time that it is logged, which is done once. The child is a process of its own,
    so nothing that the tool changes is left here. Where this process is interrupted, the child is
    told to end, and waited for.

    Args:
        words: path of the tool from the folder, and its arguments.
        log: file for what it prints.
        folder: to run in.
    """
    importlib.import_module('matplotlib.pyplot')  # which each tool's visualizer wants
    child = os.fork()
    if child == 0:
        os._exit(_run(words, log, folder))
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except BaseException:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(*_: object) -> None:
    sys.exit(143)


def _once(format_code: Callable[..., Any]) -> Callable[..., Any]:
    """A formatter that keeps what it has formatted."""
    known: dict[str, Any] = {}

    def formatted(text: str, **options: Any) -> Any:
        if text not in known:
            known[text] = format_code(text, **options)
        return known[text]

    return formatted


def _run(words: Sequence[str], log: Path, folder: Path) -> int:
    """In the child: everything that it prints goes into the file."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with log.open('w') as out:
            for stream in (sys.stdout, sys.stderr):
                os.dup2(out.fileno(), stream.fileno())
        os.chdir(folder)
        sys.argv = list(words)
        yapf_api.FormatCode = _once(yapf_api.FormatCode)
        runpy.run_path(words[0], run_name='__main__')
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status
