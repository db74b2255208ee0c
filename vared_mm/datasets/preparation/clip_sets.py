"""Sets of short clips whose sources are known: their annotations, and the lists of their folds."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vared_mm.datasets.preparation.files import write_text
from vared_mm.datasets.preparation.folds import Fold, group_folds
from vared_mm.datasets.video_list import read_classes

COLUMNS = ('clip', 'class', 'group', 'frames', 'source')


@dataclass(frozen=True)
class Clip:
    """One clip of a set.

    Args:
        name: its file, below ``clips`` of the set's folder.
        label: number of its class.
        group: where it comes from; clips of one group are alike.
        frames: kept of its source, from the first on.
        source: the original file, below the folder that its authors distribute.
    """

    name: str
    label: int
    group: str
    frames: int
    source: str


@dataclass(frozen=True)
class ClipSet:
    """Annotations of a set: ``classes.txt`` and ``clips.csv`` of one folder, whose name it has."""

    name: str
    classes: list[str]
    clips: list[Clip]

    @classmethod
    def read(cls, folder: Path) -> 'ClipSet':
        """Read the annotations in a folder.

        Raises:
            FileNotFoundError: if a file is missing.
            ValueError: naming file and line of what is wrong.
        """
        classes = read_classes(str(folder / 'classes.txt'))
        path = folder / 'clips.csv'
        if not path.is_file():
            raise FileNotFoundError(f'{path}: no such list of clips')
        clips: dict[str, Clip] = {}
        with path.open(encoding='utf-8-sig', newline='') as file:
            rows = csv.DictReader(file)
            if missing := set(COLUMNS) - set(rows.fieldnames or ()):
                raise ValueError(f'{path}:1: no column {min(missing)!r}')
            for row in rows:
                clip = _read_clip(row, classes, f'{path}:{rows.line_num}')
                if clips.setdefault(clip.name, clip) is not clip:
                    raise ValueError(f'{path}:{rows.line_num}: {clip.name} is there already')
        if not clips:
            raise ValueError(f'{path}: lists no clip')
        return cls(folder.resolve().name, classes, list(clips.values()))


def _read_clip(row: dict[str, str], classes: list[str], where: str) -> Clip:
    for column in COLUMNS:
        if not row[column]:
            raise ValueError(f'{where}: no {column}')
        if ',' in row[column]:
            raise ValueError(f'{where}: a comma in {row[column]!r}, which the lists can not hold')
    if row['class'] not in classes:
        raise ValueError(f'{where}: class {row["class"]!r} is not in classes.txt')
    if not row['frames'].isdecimal() or int(row['frames']) < 1:
        raise ValueError(f'{where}: frames={row["frames"]!r} is no number above 0')
    label = classes.index(row['class'])
    return Clip(row['clip'], label, row['group'], int(row['frames']), row['source'])


def write_fold_lists(
    folder: Path, sets: Sequence[ClipSet], count: int = 5, seed: int = 0
) -> list[Fold]:
    """Write ``fold<k>-train.txt``, ``-val.txt`` and ``-test.txt``, and ``classes.txt``.

    Lines are ``path,label,group,subset``, for ``vared_mm.VideoDataset`` with the last two as its
    columns. Of several sets the classes follow one another, as ``set:class``, and a fold is made of
    one fold of each, so that every set is tested as it would be alone.

    Args:
        folder: of the lists. Clips of one set are in ``clips`` there; those of several in
            ``../<set>/clips``.
        sets: one or several.
        count, seed: of :func:`group_folds`.

    Returns:
        The folds, over the clips of all sets, one set after the other.

    Raises:
        ModuleNotFoundError, ValueError: as :func:`group_folds`.
    """
    lines: list[str] = []
    folds: list[Fold] = []
    names: list[str] = []
    for each in sets:
        labels, groups = [c.label for c in each.clips], [c.group for c in each.clips]
        parts = group_folds(labels, groups, count, seed)
        shifted = [Fold(*([i + len(lines) for i in s] for s in _splits(f))) for f in parts]
        folds = _joined(folds, shifted) if folds else shifted
        place = 'clips' if len(sets) == 1 else f'../{each.name}/clips'
        lines += [
            f'{place}/{clip.name},{clip.label + len(names)},{each.name}:{clip.group},{each.name}'
            for clip in each.clips
        ]
        names += each.classes if len(sets) == 1 else [f'{each.name}:{c}' for c in each.classes]
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / 'classes.txt', ''.join(f'{name}\n' for name in names))
    for number, fold in enumerate(folds):
        for split, chosen in zip(('train', 'val', 'test'), _splits(fold), strict=True):
            text = ''.join(f'{lines[i]}\n' for i in chosen)
            write_text(folder / f'fold{number}-{split}.txt', text)
    return folds


def _splits(fold: Fold) -> tuple[list[int], list[int], list[int]]:
    return fold.train, fold.val, fold.test


def _joined(one: Sequence[Fold], other: Sequence[Fold]) -> list[Fold]:
    return [
        Fold(*(a + b for a, b in zip(_splits(f), _splits(g), strict=True)))
        for f, g in zip(one, other, strict=True)
    ]
