"""Runs on folds of real clips, or on real images, with what was said about every one of them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.scores import ACCURACY, MEAN_IOU, Score

_NAME = re.compile(r'(?P<config>.+)_fold(?P<fold>\d+)_seed(?P<seed>\d+)')
Key = tuple[int, int]  #: fold and seed
#: Images of a sequence that follow each other and are drawn together: there are few sequences, and
#: neighbours show the same place.
BLOCK = 10


@dataclass(frozen=True)
class ClipRun:
    """One tested run and its table of clips, or of images, each of which is then a clip here.

    Args:
        result: its record.
        score: that methods are compared by.
        counts: what it is of, for each clip, (N, K).
        macs: executed for each clip, (N,); None of models that are no networks.
        group: source of each clip, (N,); of an image :data:`BLOCK` neighbours of its sequence.
        subset: set that each clip is of, (N,); of an image its sequence.
        clip: set and name of each, such as ``hockey2/fight/fi1.mp4``, (N,); of an image its name.
        temporal, channel: candidates in use, (N, L); None of models without choices.
        label: true class of each clip, (N,); None of images.
        right: whether each clip was taken for what it is, (N,); None of images.
    """

    result: RunResult
    score: Score
    counts: npt.NDArray[np.integer[Any]]
    macs: npt.NDArray[np.int64] | None
    group: npt.NDArray[np.bytes_]
    subset: npt.NDArray[np.bytes_]
    clip: tuple[str, ...] = ()
    temporal: npt.NDArray[np.uint8] | None = None
    channel: npt.NDArray[np.uint8] | None = None
    label: npt.NDArray[np.int16] | None = None
    right: npt.NDArray[np.bool_] | None = None

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
            said = _of_images(columns) if 'confusion' in columns else _of_clips(columns)
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f'{path}: no table of clips ({error})') from None
        run = cls(
            result,
            macs=columns.get('macs'),
            temporal=columns.get('temporal'),
            channel=columns.get('channel'),
            **said,
        )
        clips = len(run.counts)
        if clips != result.videos:
            raise ValueError(f'{path}: {clips} clips, but {record.name} says {result.videos}')
        return run

    def of(self, subset: str | None) -> 'ClipRun':
        """The part that is of one set; all of it for None."""
        if subset is None:
            return self
        here = self.subset == subset.encode()
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        rows = {name: x[here] for name, x in columns.items() if isinstance(x, np.ndarray)}
        clips = tuple(clip for clip, part in zip(self.clip, here, strict=False) if part)
        return replace(self, **rows, clip=clips)


def _of_clips(columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    scores = columns['scores'].astype(float)
    true = scores[np.arange(len(scores)), columns['label']]
    # The true class is one; ties are wrong.
    right = (scores >= true[:, None]).sum(axis=1) == 1
    return {
        'score': ACCURACY,
        'counts': np.stack([right, ~right], axis=1).astype(np.int64),
        'group': columns['group'],
        'subset': columns['subset'],
        'clip': tuple(clip_name(file.decode()) for file in columns.get('filename', ())),
        'label': columns['label'],
        'right': right,
    }


def _of_images(columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    confusion = columns['confusion']
    if confusion.ndim != 3 or confusion.shape[1] != confusion.shape[2]:
        raise ValueError(f'confusion matrices of shape {confusion.shape}')
    return {
        'score': MEAN_IOU,
        'counts': confusion.reshape(len(confusion), -1),
        'group': blocks(columns['group']),
        'subset': columns['group'],
        'clip': tuple(PurePosixPath(file.decode()).stem for file in columns['img_path']),
    }


def blocks(sequences: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bytes_]:
    """Names of blocks of :data:`BLOCK` images that follow each other in one sequence, (N,).

    Args:
        sequences: that each image is of, (N,); those of a sequence in their order.
    """
    seen: Counter[bytes] = Counter()
    names = []
    for sequence in sequences.tolist():
        names.append(b'%s-%d' % (sequence, seen[sequence] // BLOCK))
        seen[sequence] += 1
    return np.array(names)


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
