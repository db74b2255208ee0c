"""One recipe, trained and tested in a folder of its own; what is done is not done again."""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config

from vared_mm.apis import hash_config
from vared_mm.cli import add_run_options, load_config
from vared_mm.reporting import RunResult

from .configs import ROOT, find_config, starts_from
from .tools import TRAINING_ENV, call

Launch = Callable[[str, list[str]], None]


@dataclass(frozen=True)
class Experiment:
    """A recipe, the one it starts from, and their commands.

    Args:
        config: file of the recipe.
        folder: of logs, checkpoints and ``result.json``.
        options: ``key=value`` overrides of the config.
        start: the experiment whose weights this one loads; None if it trains from scratch.
        gpus: processes of training and testing; 0 runs both in this machine's one process.
    """

    config: Path
    folder: Path
    options: Sequence[str] = ()
    start: 'Experiment | None' = None
    gpus: int = 0

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

    def read_config(self) -> Config:
        """The resolved config.

        Raises:
            ValueError: if an option does not fit the config.
        """
        parser = argparse.ArgumentParser()
        parser.add_argument('config')
        add_run_options(parser)
        words = [str(self.config), *(['--cfg-options', *self.options] if self.options else [])]
        return load_config(parser.parse_args(words))

    def digest(self) -> str:
        """Of the resolved config; raises as :meth:`read_config` does."""
        return hash_config(self.read_config())

    def is_done(self) -> bool:
        """Whether there is a readable result of just this config and of what it starts from now."""
        try:
            RunResult.load(self.record)
        except (ValueError, OSError):
            return False
        return self._claimed() and (self.start is None or self.start.is_done())

    def run(self, afresh: bool = False, launch: Launch | None = None) -> None:
        """Train, or resume training, and test.

        Args:
            afresh: from the beginning, whatever the folder holds.
            launch: runs a tool, ``'train'`` or ``'test'``, given its name and its command, and
                raises ValueError where it fails; None lets it print into a file of the folder.

        Raises:
            ValueError: naming the tool, if one fails.
        """
        launch = launch or self._launch
        if afresh or not self._claimed():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._note.write_text(self.digest())
        options = list(self.options)
        if self.start:
            options.append(f'load_from={self.start.checkpoint}')
        common = ['--work-dir', str(self.folder)]
        scale = ['--auto-scale-lr'] if self.gpus else []
        launch('train', self._command('train', ['--resume', *scale, *common], options))
        tested = [self.checkpoint, '--json', str(self.record), *common]
        launch('test', self._command('test', tested, list(self.options)))

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

    def _command(self, tool: str, words: list[str], options: list[str]) -> list[str]:
        words = [*words, *(['--cfg-options', *options] if options else [])]
        config = os.path.relpath(self.config, ROOT)
        if not self.gpus:
            return [sys.executable, f'tools/{tool}.py', config, *words]
        # Testing takes the checkpoint before the number of processes.
        place = 1 if tool == 'test' else 0
        start = ['bash', f'tools/dist_{tool}.sh', config]
        return [*start, *words[:place], str(self.gpus), *words[place:]]

    def _launch(self, tool: str, command: list[str]) -> None:
        log = self.folder / f'{tool}.out'
        if status := call(command, log, TRAINING_ENV):
            last = (log.read_text().strip().splitlines() or ['no output'])[-1]
            raise ValueError(f'{self.config.stem}: {tool} ended with {status}: {last}')
