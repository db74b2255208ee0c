"""A line with a bar for each command of a demo; what the commands print goes to one file."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from .configs import ROOT
from .tools import environment, shown

#: How far a command is, 0 to 1, out of a line that it prints; None where the line does not tell.
Reader = Callable[[str], float | None]

_EPOCH = re.compile(r'Epoch\(train\)\s+\[\s*(\d+)\]\[\s*(\d+)/(\d+)\]')
_STEP = re.compile(r'(?:Iter\(train\)|\(test\))\s+\[\s*(\d+)/(\d+)\]')


def training_progress(epochs: int | None) -> Reader:
    """Reader of mmengine's log of a training or a test.

    Args:
        epochs: of the training; None if it is counted in iterations, or for a test.
    """

    def read(line: str) -> float | None:
        if epochs and (found := _EPOCH.search(line)):
            epoch, step, steps = map(int, found.groups())
            return (epoch - 1 + step / steps) / epochs
        if found := _STEP.search(line):
            return int(found[1]) / int(found[2])
        return None

    return read


class CommandProgress(AbstractContextManager):
    """Runs commands one after the other: a line each, with a bar in a terminal.

    Where the output is no terminal there is a line when a command has ended. All that they print
    is appended to ``log``, each command before its output.

    Args:
        log: file; its folder is made.
    """

    def __init__(self, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self._console = Console(highlight=False, markup=False, soft_wrap=True)
        columns = TextColumn('{task.description}', markup=False), BarColumn(), TaskProgressColumn()
        self._bars = Progress(*columns, TimeElapsedColumn(), console=self._console)
        if self._console.is_terminal:
            self._bars.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._bars.stop()

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._console.print(line)

    def run(
        self,
        title: str,
        command: Sequence[str],
        reader: Reader = lambda line: None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Run a command from the checkout's folder.

        Args:
            title: of its line.
            command: words.
            reader: how far it is.
            env: variables for it, where the environment does not set them.

        Raises:
            ValueError: if it fails; with the last line that it printed.
        """
        begun, last = time.monotonic(), 'no output'
        bar = self._bars.add_task(title, total=None)
        with (
            self.log.open('a', encoding='utf-8') as log,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(env),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding='utf-8',
                errors='replace',
            ) as process,
        ):
            log.write(f'\n$ {shown(command)}\n')
            for line in process.stdout or ():
                log.write(line)
                log.flush()
                last = line.strip() or last
                if (done := reader(line)) is not None:
                    self._bars.update(bar, total=1, completed=done)
        if process.returncode:
            self._bars.stop_task(bar)
            raise ValueError(f'{title}: ended with {process.returncode}: {last} (log: {self.log})')
        self._bars.update(bar, total=1, completed=1)
        self._bars.stop_task(bar)
        if not self._console.is_terminal:
            self.say(f'{title}: done in {time.monotonic() - begun:.0f} s')
