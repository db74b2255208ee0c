"""Run a tool of this checkout in a process of its own."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .configs import ROOT

#: For training and testing. Threads that spin while they wait slow everything down on a machine
#: that is not idle; a tool that times models must not have them sleep, as small ones become twice
#: as slow. glibc that gives memory back after each layer costs a training step of the demo 6 %.
TRAINING_ENV = {
    'OMP_WAIT_POLICY': 'PASSIVE',
    'MALLOC_TRIM_THRESHOLD_': str(2**30),
    'MALLOC_MMAP_THRESHOLD_': str(2**25),
}


def shown(command: Sequence[str]) -> str:
    """A command as a user would type it."""
    return shlex.join('python' if word == sys.executable else word for word in command)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables of a tool's process.

    Args:
        more: where the environment does not set them.
    """
    return {**(more or {}), 'PYTHON': sys.executable, **os.environ}


def call(
    command: Sequence[str], log: Path | None = None, env: Mapping[str, str] | None = None
) -> int:
    """Print a command, run it from the checkout's folder, and give its exit status.

    Args:
        command: words.
        log: file for its output; None leaves that to the terminal.
        env: variables for it, where the environment does not set them.
    """
    place = f'\n    output: {log}' if log else ''
    print(f'\n$ {shown(command)}{place}', flush=True)
    if log is None:
        return subprocess.run(command, cwd=ROOT, env=environment(env)).returncode
    with log.open('w') as out:
        found = subprocess.run(command, cwd=ROOT, env=environment(env), stdout=out, stderr=out)
    return found.returncode
