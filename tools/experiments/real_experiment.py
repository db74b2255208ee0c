"""One experiment of a method on one fold: trained and tested in a folder of its own."""

import argparse
import hashlib
import json
import os
import resource
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mmengine.config import Config

from vared_mm.apis import hash_config
from vared_mm.cli import add_run_options, load_config
from vared_mm.engine.hooks import ClipTableHook, ImageTableHook
from vared_mm.reporting import RunResult

from .configs import ROOT, find_config
from .forked import call_forked


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Within this context variables of the environment have these values."""
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


@dataclass(frozen=True)
class RealExperiment:
    """A config on one fold of one set with one seed.

    Args:
        config: name of its file.
        data_set, fold, seed: as of a :class:`real_plan.Run`.
        folder: of logs, weights and results.
        start: the experiment that it loads, or whose choices it is a control of.
        weights: file to start from instead of the last weights of ``start``.
        options: overrides of the config, beside the seed.
        tested_only: not trained; the weights of ``start`` are tested.
    """

    config: str
    data_set: str
    fold: int
    seed: int
    folder: Path
    start: 'RealExperiment | None' = None
    weights: Path | None = None
    options: Sequence[str] = ()
    tested_only: bool = False

    @property
    def record(self) -> Path:
        """Where the result goes."""
        return self.folder / 'result.json'

    @property
    def checkpoint(self) -> str:
        """The weights that are tested."""
        if self.tested_only and self.start:
            return self.start.checkpoint
        note = self.folder / 'last_checkpoint'
        return note.read_text().strip() if note.is_file() else ''

    @property
    def all_options(self) -> list[str]:
        """Overrides of the config."""
        return [f'randomness.seed={self.seed}', *self.options]

    def load(self) -> Config:
        """The resolved config."""
        parser = argparse.ArgumentParser()
        parser.add_argument('config')
        add_run_options(parser)
        words = [str(find_config(self.config)), '--cfg-options', *self.all_options]
        with self.environment():
            return load_config(parser.parse_args(words))

    def digest(self) -> str:
        """Of the resolved config, and of what it starts from."""
        own = hash_config(self.load())
        before = self.start.digest() if self.start else ''
        return hashlib.sha256(f'{own} {before}'.encode()).hexdigest()

    def is_recorded(self) -> bool:
        """Whether there is a readable result, whatever the config is now."""
        try:
            RunResult.load(self.record)
        except (ValueError, OSError):
            return False
        return True

    def is_done(self) -> bool:
        """Whether there is a readable result of just this config and of what it starts from."""
        return self.is_recorded() and self._claimed()

    def run(self) -> None:
        """Train, or resume training, and test; note the seconds that it took.

        Raises:
            ValueError: naming the config, if a command fails.
        """
        if not self._claimed():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._note.write_text(self.digest())
        begun, used = time.monotonic(), _children_seconds()
        if not self.tested_only:
            start = self.weights or (self.start and self.start.checkpoint)
            self._call('train', ['--resume'], [f'load_from={start}'] if start else [])
        self._call('test', [self.checkpoint, '--json', str(self.record)], [])
        took = {'wall': time.monotonic() - begun, 'cpu': _children_seconds() - used}
        self.seconds_file.write_text(json.dumps({k: round(v, 1) for k, v in took.items()}))

    @property
    def seconds_file(self) -> Path:
        """What the last run took, of a resumed one the last part."""
        return self.folder / 'seconds.json'

    def publish(self, results: Path) -> None:
        """Put the record, less what its table of clips holds too, and that table into a folder."""
        name = f'{self.config}_fold{self.fold}_seed{self.seed}'
        target = results / self.data_set
        replace(RunResult.load(self.record), profile=None).save(target / f'{name}.json')
        for hook in (ClipTableHook, ImageTableHook):
            if (table := self.folder / hook.file).is_file():
                shutil.copyfile(table, target / f'{name}.npz')

    @property
    def _note(self) -> Path:
        return self.folder / 'config_sha256'

    def _claimed(self) -> bool:
        return self._note.is_file() and self._note.read_text() == self.digest()

    def environment(self) -> AbstractContextManager[None]:
        """Within this context configs are of this set and fold."""
        return variables(REAL_SET=self.data_set, REAL_FOLD=str(self.fold))

    def _call(self, tool: str, words: list[str], options: list[str]) -> None:
        config = os.path.relpath(find_config(self.config), ROOT)
        command = [f'tools/{tool}.py', config, *words]
        command += ['--work-dir', str(self.folder), '--cfg-options', *self.all_options, *options]
        log = self.folder / f'{tool}.out'
        with self.environment():
            status = call_forked(command, log, ROOT)
        if status:
            lines = log.read_text().strip().splitlines() or ['no output']
            raise ValueError(f'{self.folder}: {tool} ended with {status}: {lines[-1]}')


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
