"""One recipe, trained and tested in a folder of its own; what is done is not done again."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vared_mm.apis import hash_config
from vared_mm.cli import add_run_options, load_config
from vared_mm.reporting import RunResult

from .configs import ROOT, find_config, starts_from
from .tools import TRAINING_ENV, call


@dataclass(frozen=True)
class Experiment:
    """A recipe, the one it starts from, and their commands.

    Args:
        config: file of the recipe.
        folder: of logs, checkpoints and ``result.json``.
        options: ``key=value`` overrides of the config.
        start: the experiment whose weights this one loads; None if it trains from scratch.
        gpus: processes of training and testing; 0 runs both in this machine's one process.
        logged: its commands print into files of its folder, not to the terminal.
    """

    config: Path
    folder: Path
    options: Sequence[str] = ()
    start: 'Experiment | None' = None
    gpus: int = 0
    logged: bool = True

    @classmethod
    def chain(
        cls, name: str, folder: Path, options: Sequence[str] = (), gpus: int = 0
    ) -> list['Experiment']:
        """The experiments that end in a config's, in the order of running.

        Args:
            name: of the last config.
            folder: each experiment has one of its name in it.
            options, gpus: of every experiment.

        Raises:
            FileNotFoundError: if a config is missing.
            ValueError: if configs start from one another in a circle.
        """
        names = [name]
        while start := starts_from(find_config(names[0])):
            if start in names:
                raise ValueError(f'{start}: starts from itself')
            names.insert(0, start)
        found: list[Experiment] = []
        for each in names:
            last = found[-1] if found else None
            found.append(cls(find_config(each), folder / each, options, last, gpus))
        return found

    def before(self) -> list['Experiment']:
        """The experiments that lead to this one, the last first."""
        return [self.start, *self.start.before()] if self.start else []

    @property
    def record(self) -> Path:
        """Where the result goes."""
        return self.folder / 'result.json'

    @property
    def checkpoint(self) -> str:
        """The last one that training has written; empty before."""
        note = self.folder / 'last_checkpoint'
        return note.read_text().strip() if note.is_file() else ''

    def digest(self) -> str:
        """Of the resolved config.

        Raises:
            ValueError: if an option does not fit the config.
        """
        parser = argparse.ArgumentParser()
        parser.add_argument('config')
        add_run_options(parser)
        words = [str(self.config), *(['--cfg-options', *self.options] if self.options else [])]
        return hash_config(load_config(parser.parse_args(words)))

    def is_done(self) -> bool:
        """Whether there is a readable result of just this config and of what it starts from now."""
        try:
            RunResult.load(self.record)
        except (ValueError, OSError):
            return False
        return self._claimed() and (self.start is None or self.start.is_done())

    def run(self, afresh: bool = False) -> None:
        """Train, or resume training, and test.

        Args:
            afresh: from the beginning, whatever the folder holds.

        Raises:
            ValueError: naming the command, if one fails.
        """
        if afresh or not self._claimed():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._note.write_text(self.digest())
        options = list(self.options)
        if self.start:
            options.append(f'load_from={self.start.checkpoint}')
        common = ['--work-dir', str(self.folder)]
        scale = ['--auto-scale-lr'] if self.gpus else []
        self._call('train', ['--resume', *scale, *common], options)
        tested = ['--json', str(self.record), *common]
        self._call('test', [self.checkpoint, *tested], list(self.options))

    @property
    def _note(self) -> Path:
        return self.folder / 'config_sha256'

    def _claimed(self) -> bool:
        """Whether the folder is of this config, and not older than the weights it starts from."""
        if not self._note.is_file() or self._note.read_text() != self.digest():
            return False
        weights = self.start and self.start.folder / 'last_checkpoint'
        return not weights or (
            weights.is_file() and weights.stat().st_mtime <= self._note.stat().st_mtime
        )

    def _call(self, tool: str, words: list[str], options: list[str]) -> None:
        words = [*words, *(['--cfg-options', *options] if options else [])]
        config = os.path.relpath(self.config, ROOT)
        if self.gpus:
            start = ['bash', f'tools/dist_{tool}.sh', config]
            # Testing takes the checkpoint before the number of processes.
            place = 1 if tool == 'test' else 0
            command = [*start, *words[:place], str(self.gpus), *words[place:]]
        else:
            command = [sys.executable, f'tools/{tool}.py', config, *words]
        log = self.folder / f'{tool}.out' if self.logged else None
        if status := call(command, log, TRAINING_ENV):
            lines = log.read_text().strip().splitlines() if log else []
            last = f': {(lines or ["no output"])[-1]}' if log else ''
            raise ValueError(f'{self.config.stem}: {tool} ended with {status}{last}')
