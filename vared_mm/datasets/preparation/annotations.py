"""What an annotation file says, line by line; a bad line costs no more than itself."""

import csv
import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Annotation:
    """One annotated video.

    Args:
        name: by which its file is found.
        label: number of its class.
        where: file and line.
    """

    name: str
    label: int
    where: str


@dataclass
class Annotations:
    """An annotation file's videos.

    Args:
        path: of the file.
        videos: in the order of its lines.
        bad_lines: `file:line: reason` of each line that says nothing.
        left_out: number of good lines that do not belong to the data set.
    """

    path: Path
    videos: list[Annotation] = field(default_factory=list)
    bad_lines: list[str] = field(default_factory=list)
    left_out: int = 0


def read_text(path: Path) -> list[str]:
    """Read the lines of a text file, gzipped or not; bytes that are no UTF-8 are replaced.

    Raises:
        FileNotFoundError: naming the file if it is missing.
        ValueError: naming it if it is empty.
    """
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such annotation file')
    opener = gzip.open if path.suffix == '.gz' else open
    with opener(path, 'rt', encoding='utf-8-sig', errors='replace') as file:
        lines = file.read().splitlines()
    if not any(line.strip() for line in lines):
        raise ValueError(f'{path}: empty annotation file')
    return lines


def split_fields(line: str) -> list[str]:
    """Split one line of a CSV file; taken alone, an open quote can't swallow the lines below.

    Raises:
        ValueError: if it is malformed.
    """
    try:
        return [value.strip() for value in next(csv.reader([line], strict=True))]
    except csv.Error as error:
        raise ValueError(str(error)) from error


def parse_lines(
    path: Path,
    lines: Iterable[tuple[int, str]],
    parse: Callable[[list[str]], tuple[str, int] | None],
) -> Annotations:
    """Parse the lines of an annotation file.

    Args:
        path: of the file, for messages.
        lines: their numbers and texts.
        parse: gives the name and label that a line's fields hold, None to leave the line out, and
            raises ValueError for a bad one.
    """
    found = Annotations(path)
    for number, line in lines:
        if not line.strip():
            continue
        where = f'{path.name}:{number}'
        try:
            parsed = parse(split_fields(line))
        except ValueError as error:
            found.bad_lines.append(f'{where}: {error}: {line.strip()!r}')
            continue
        if parsed is None:
            found.left_out += 1
        else:
            found.videos.append(Annotation(*parsed, where))
    return found
