"""One recipe, trained and tested in a folder of its own; what is done is not done again."""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config

from vared_mm.apis.options import add_run_options, load_config
from vared_mm.apis.result import hash_config
from vared_mm.reporting import RunResult

ROOT = Path(__file__).parents[2]
#: What a recipe starts from, as its `load_from` says.
START = re.compile(r'work_dirs/(?P<config>[^/]+)/[^/]+\.pth')


def find_config(name: str, root: Path = ROOT) -> Path:
    """The file of a config.

    Args:
        name: without folder and suffix.
        root: the checkout.

    Raises:
        FileNotFoundError: if there is none of that name.
    """
    found = sorted((root / 'configs').rglob(f'{name}.py'))
    if not found:
        raise FileNotFoundError(f'no config of the name {name!r} in configs/')
    return found[0]


def starts_from(config: Path) -> str | None:
    """Name of the config whose weights a config loads, as its ``load_from`` says."""
    start = START.fullmatch(Config.fromfile(config).get('load_from') or '')
    return start['config'] if start else None


#: For stages. Threads that spin while they wait slow everything down on a machine that is not idle;
#: a tool that times models needs them, as small ones become twice as slow with threads that sleep.
#: glibc that gives memory back after each layer costs a training step of the demo 6 %.
QUICKER = {
    'OMP_WAIT_POLICY': 'PASSIVE',
    'MALLOC_TRIM_THRESHOLD_': str(2**30),
    'MALLOC_MMAP_THRESHOLD_': str(2**25),
}


def call(
    command: Sequence[str], log: Path | None = None, env: Mapping[str, str] | None = None
) -> int:
    """Print a command, run it from the checkout's folder, and give its exit status.

    Args:
        command: words.
        log: file for what it prints; None lets it print.
        env: variables for it, where the environment has no others.
    """
    place = f'\n    output: {log}' if log else ''
    words = ['python' if word == sys.executable else word for word in command]
    print(f'\n$ {shlex.join(words)}{place}', flush=True)
    env = {**(env or {}), 'PYTHON': sys.executable, **os.environ}
    if log is None:
        return subprocess.run(command, cwd=ROOT, env=env).returncode
    with log.open('w') as out:
        return subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=out).returncode


@dataclass(frozen=True)
class Stage:
    """A recipe, the one it starts from, and their commands.

    Args:
        config: file of the recipe.
        folder: of logs, checkpoints and ``result.json``.
        options: ``key=value`` overrides of the config.
        start: the stage whose weights this one loads; None if it trains from scratch.
        gpus: processes of training and testing; 0 runs both in this machine's one process.
        logged: its commands print into files of its folder, not to the terminal.
    """

    config: Path
    folder: Path
    options: Sequence[str] = ()
    start: 'Stage | None' = None
    gpus: int = 0
    logged: bool = True

    @classmethod
    def chain(
        cls, name: str, folder: Path, options: Sequence[str] = (), gpus: int = 0
    ) -> list['Stage']:
        """The stages that end in a config's, in the order of running.

        Args:
            name: of the last config.
            folder: each stage has one of its name in it.
            options, gpus: of every stage.

        Raises:
            FileNotFoundError: if a config is missing.
            ValueError: if configs start from one another in a circle.
        """
        names = [name]
        while start := starts_from(find_config(names[0])):
            if start in names:
                raise ValueError(f'{start}: starts from itself')
            names.insert(0, start)
        stages: list[Stage] = []
        for each in names:
            last = stages[-1] if stages else None
            stages.append(cls(find_config(each), folder / each, options, last, gpus))
        return stages

    def before(self) -> list['Stage']:
        """The stages that lead to this one, the last first."""
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
        """Train, or go on training, and test.

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
        if status := call(command, log, QUICKER):
            lines = log.read_text().strip().splitlines() if log else []
            last = f': {(lines or ["no output"])[-1]}' if log else ''
            raise ValueError(f'{self.config.stem}: {tool} ended with {status}{last}')
