"""Reading of lists: of labelled videos, of class names."""

from collections.abc import Sequence
from io import StringIO

from mmengine.fileio import exists, get


def read_lines(path: str, what: str) -> list[str]:
    """Read a text file, with or without a byte-order mark, whatever ends its lines.

    Raises:
        FileNotFoundError: naming the file if it is missing.
        ValueError: naming it if it holds no text.
    """
    if not exists(path):
        raise FileNotFoundError(f'{path}: no such {what}')
    try:
        with StringIO(get(path).decode('utf-8-sig'), newline=None) as text:
            lines = [line.rstrip('\n') for line in text]
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b'\n') + 1
        raise ValueError(f'{path}:{number}: {what} is not UTF-8 text: save it as UTF-8') from error
    except OSError as error:
        raise ValueError(f'{path}: {what} can not be read: {error.strerror}') from error
    if not any(line.strip() for line in lines):
        raise ValueError(f'{path}: empty {what}')
    return lines


def read_classes(path: str) -> list[str]:
    """Read class names, one a line; empty lines at the end do not count.

    Raises:
        FileNotFoundError: if there is no such list.
        ValueError: naming list and line, for a line without a name, or a name that comes again.
    """
    names = [line.strip() for line in read_lines(path, 'class list')]
    while not names[-1]:
        names.pop()
    for number, name in enumerate(names, start=1):
        if not name:
            raise ValueError(f'{path}:{number}: no class name')
        if (first := names.index(name) + 1) != number:
            raise ValueError(f'{path}:{number}: class {name!r} stands in line {first} already')
    return names


def read_video_list(
    path: str, delimiter: str = ' ', columns: Sequence[str] = (), num_classes: int | None = None
) -> list[dict]:
    """Read a list with a line `path label` or `path label column ...` a video.

    Lines are split from the right, so a path may hold the delimiter; blanks around a field are no
    part of it.

    Args:
        path: of the list.
        delimiter: between the fields.
        columns: names of the fields after the label; a field that is a whole number becomes one.
        num_classes: labels must be below it; None for no bound.

    Returns:
        One dict a video: filename, label and the columns.

    Raises:
        FileNotFoundError: if there is no such list.
        ValueError: naming list and line, if it is empty, malformed, a label is out of range, or a
            video has two labels.
    """
    videos, lines = [], {}
    form = delimiter.join(['path', 'label', *columns])
    for number, line in enumerate(read_lines(path, 'annotation list'), start=1):
        if not line.strip():
            continue
        parts = line.strip().rsplit(delimiter, 1 + len(columns))
        filename, *fields = (part.strip() for part in parts)
        if len(fields) <= len(columns) or not filename or not _is_whole(fields[0]):
            raise ValueError(f'{path}:{number}: expected {form!r}, got {line.strip()!r}')
        label, *rest = (int(field) if _is_whole(field) else field for field in fields)
        if label < 0 or (num_classes is not None and label >= num_classes):
            known = f'{num_classes} classes' if num_classes is not None else 'labels start at 0'
            raise ValueError(f'{path}:{number}: label {label} is out of range ({known})')
        first, known_label = lines.setdefault((filename, *rest), (number, label))
        if known_label != label:
            raise ValueError(
                f'{path}:{number}: {filename} is of class {label}, in line {first} of {known_label}'
            )
        videos.append(dict(filename=filename, label=label, **dict(zip(columns, rest, strict=True))))
    return videos


def _is_whole(field: str) -> bool:
    return field.removeprefix('-').isdecimal()
