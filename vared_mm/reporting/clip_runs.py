"""Runs on folds of real clips, with what was said about every clip."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vared_mm.reporting.run_result import RunResult

_NAME = re.compile(r'(?P<config>.+)_fold(?P<fold>\d+)_seed(?P<seed>\d+)')
Key = tuple[int, int]  #: fold and seed


@dataclass(frozen=True)
class ClipRun:
    """One tested run and its table of clips.

    Args:
        result: its record.
        right: whether each clip was taken for what it is, (N,).
        macs: executed for each clip, (N,); None of models that are no networks.
        group: source of each clip, (N,).
        subset: set that each clip is of, (N,).
        clip: set and name of each, such as ``hockey2/fight/fi1.mp4``, (N,).
        temporal, channel: candidates in use, (N, L); None of models without choices.
        label: true class of each clip, (N,).
    """

    result: RunResult
    right: npt.NDArray[np.bool_]
    macs: npt.NDArray[np.int64] | None
    group: npt.NDArray[np.bytes_]
    subset: npt.NDArray[np.bytes_]
    clip: tuple[str, ...] = ()
    temporal: npt.NDArray[np.uint8] | None = None
    channel: npt.NDArray[np.uint8] | None = None
    label: npt.NDArray[np.int16] | None = None

    @classmethod
    def load(cls, record: Path) -> 'ClipRun':
        """Read a record and the table beside it.

        Raises:
            OSError: if one of them is missing.
            ValueError: if one of them is damaged, or they do not belong together; named.
        """
        result = RunResult.load(record)
        path = record.with_suffix('.npz')
        try:
            with np.load(path, allow_pickle=False) as table:
                columns = {name: table[name] for name in table.files}
            scores = columns['scores'].astype(float)
            true = scores[np.arange(len(scores)), columns['label']]
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f'{path}: no table of clips ({error})') from None
        better = (scores >= true[:, None]).sum(axis=1)  # the true class is one; ties are wrong
        if len(scores) != result.videos:
            raise ValueError(f'{path}: {len(scores)} clips, but {record.name} says {result.videos}')
        return cls(
            result,
            better == 1,
            columns.get('macs'),
            columns['group'],
            columns['subset'],
            tuple(clip_name(file.decode()) for file in columns.get('filename', ())),
            columns.get('temporal'),
            columns.get('channel'),
            columns['label'],
        )


def clip_name(file: str) -> str:
    """Set and name of a clip from the path of its file, ``.../<set>/clips/<name>``."""
    folder, _, name = file.rpartition('/clips/')
    return f'{folder.rpartition("/")[2]}/{name}'


def find_clip_runs(folder: Path) -> dict[str, dict[Key, Path]]:
    """Records of a set: config -> (fold, seed) -> file."""
    found: dict[str, dict[Key, Path]] = {}
    for path in sorted(folder.glob('*.json')):
        if name := _NAME.fullmatch(path.stem):
            key = int(name['fold']), int(name['seed'])
            found.setdefault(name['config'], {})[key] = path
    return found


def common_keys(runs: Sequence[dict[Key, ClipRun]]) -> list[list[Key]]:
    """The largest block of runs that all methods have: a list of seeds, each of the same folds.

    Returns:
        For each seed its keys, fold by fold; nothing if there is no common run.
    """
    shared = set(runs[0]).intersection(*runs[1:])
    seeds = sorted({seed for _, seed in shared})
    best: list[list[Key]] = []
    for chosen in _prefixes(seeds):
        folds = sorted({f for f, _ in shared if all((f, seed) in shared for seed in chosen)})
        block = [[(fold, seed) for fold in folds] for seed in chosen]
        if folds and len(block) * len(folds) > sum(map(len, best)):
            best = block
    return best


def _prefixes(seeds: list[int]) -> Iterator[list[int]]:
    return (seeds[:count] for count in range(1, len(seeds) + 1))
