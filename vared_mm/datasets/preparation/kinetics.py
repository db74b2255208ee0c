"""The annotations of Kinetics-400."""

import re
from collections.abc import Sequence
from pathlib import Path

from vared_mm.datasets.preparation.annotations import (
    Annotations,
    parse_lines,
    read_text,
    split_fields,
)
from vared_mm.datasets.preparation.class_lists import read_class_list

#: What the several distributions call the file of a split.
CSV_NAMES = {
    'train': ('train.csv', 'kinetics_train.csv', 'kinetics-400_train.csv'),
    'val': ('val.csv', 'validate.csv', 'kinetics_val.csv', 'kinetics-400_val.csv'),
}
COLUMNS = ('label', 'youtube_id', 'time_start', 'time_end')
YOUTUBE_ID = re.compile(r'[A-Za-z0-9_-]{11}')


def find_kinetics_csv(folder: Path, split: str) -> Path:
    """Find the CSV file of `train` or `val`.

    Raises:
        FileNotFoundError: naming the folder and the names that were looked for.
    """
    for name in CSV_NAMES[split]:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f'{folder}: holds no {", ".join(CSV_NAMES[split])}')


def read_kinetics(path: Path, classes: Sequence[str]) -> Annotations:
    """Read a CSV file with columns label, youtube_id, time_start, time_end and maybe others.

    A video's name is `<youtube id>_<start>_<end>`, the times in seconds, six digits each. Lines of
    Kinetics-400's other classes are left out; a class that it does not have makes a bad line.

    Args:
        path: of the file.
        classes: names of the wanted classes, by label.

    Raises:
        FileNotFoundError: if the file is missing.
        ValueError: if it is empty or its first line lacks a column.
    """
    lines = read_text(path)
    header = split_fields(lines[0])
    if missing := [column for column in COLUMNS if column not in header]:
        raise ValueError(f'{path}: its first line names no column {", ".join(missing)}')
    labels = {name: label for label, name in enumerate(classes)}
    others = set(read_class_list('kinetics400')) - set(labels)

    def parse(fields: list[str]) -> tuple[str, int] | None:
        """Name and label of a line's video; None for a class that is not wanted."""
        if len(fields) != len(header):
            raise ValueError(f'expected {len(header)} fields, got {len(fields)}')
        label, youtube_id, start, end = (fields[header.index(column)] for column in COLUMNS)
        if not YOUTUBE_ID.fullmatch(youtube_id):
            raise ValueError('no YouTube id of 11 characters')
        if not (start.isdecimal() and end.isdecimal()):
            raise ValueError('times are no whole seconds')
        if label in others:
            return None
        if label not in labels:
            raise ValueError('unknown class')
        return f'{youtube_id}_{int(start):06d}_{int(end):06d}', labels[label]

    return parse_lines(path, list(enumerate(lines, start=1))[1:], parse)
