"""The annotations of Moments-In-Time."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from vared_mm.datasets.preparation.annotations import (
    Annotations,
    parse_lines,
    read_text,
)


def read_moments_categories(path: Path) -> list[str]:
    """Read `moments_categories.txt`, lines `name,number`.

    Returns:
        Class names by label.

    Raises:
        FileNotFoundError: if the file is missing.
        ValueError: naming file and line. All labels hang on this file, so nothing is skipped.
    """
    names = {}
    for number, line in enumerate(read_text(path), start=1):
        if not line.strip():
            continue
        name, _, label = (part.strip() for part in line.rpartition(','))
        if not name or not label.isdecimal():
            raise ValueError(f'{path}:{number}: expected "name,number", got {line.strip()!r}')
        if int(label) in names or name in names.values():
            raise ValueError(f'{path}:{number}: {line.strip()!r} has a name or number seen before')
        names[int(label)] = name
    if sorted(names) != list(range(len(names))):
        raise ValueError(f'{path}: numbers of {len(names)} classes must be 0 to {len(names) - 1}')
    return [names[label] for label in range(len(names))]


def read_moments(path: Path, classes: Sequence[str]) -> Annotations:
    """Read `trainingSet.csv` or `validationSet.csv`: lines `class/video.mp4,class,...`, no header.

    A video's name is its path below the split's folder.

    Args:
        path: of the file.
        classes: names of all classes, by label.

    Raises:
        FileNotFoundError: if the file is missing.
        ValueError: if it is empty.
    """
    labels = {name: label for label, name in enumerate(classes)}

    def parse(fields: list[str]) -> tuple[str, int]:
        """Name and label of a line's video."""
        if len(fields) < 2:
            raise ValueError('expected "class/video.mp4,class,..."')
        name = PurePosixPath(fields[0])
        if len(name.parts) < 2 or name.is_absolute() or '..' in name.parts:
            raise ValueError('no path class/video.mp4')
        if fields[1] not in labels:
            raise ValueError('unknown class')
        return str(name), labels[fields[1]]

    return parse_lines(path, enumerate(read_text(path), start=1), parse)
