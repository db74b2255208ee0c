"""Reading of a list of labelled videos."""

from collections.abc import Sequence

from mmengine.fileio import exists, list_from_file


def read_lines(path: str, what: str) -> list[str]:
    """Read a text file.

    Raises:
        FileNotFoundError: naming the file if it is missing.
        ValueError: naming it if it holds no text.
    """
    if not exists(path):
        raise FileNotFoundError(f'{path}: no such {what}')
    try:
        lines = list_from_file(path)
    except UnicodeDecodeError as error:
        raise ValueError(f'{path}: {what} is not UTF-8 text') from error
    if not any(line.strip() for line in lines):
        raise ValueError(f'{path}: empty {what}')
    return lines


def read_video_list(
    path: str, delimiter: str = ' ', columns: Sequence[str] = (), num_classes: int | None = None
) -> list[dict]:
    """Read a list with a line `path label` or `path label column ...` a video.

    Lines are split from the right, so a path may hold the delimiter.

    Args:
        path: of the list.
        delimiter: between the fields.
        columns: names of the fields after the label; a field that is a whole number becomes one.
        num_classes: labels must be below it; None for no bound.

    Returns:
        One dict a video: filename, label and the columns.

    Raises:
        FileNotFoundError: if there is no such list.
        ValueError: naming list and line, if it is empty, malformed or a label is out of range.
    """
    videos = []
    form = delimiter.join(['path', 'label', *columns])
    for number, line in enumerate(read_lines(path, 'annotation list'), start=1):
        if not line.strip():
            continue
        filename, *fields = line.strip().rsplit(delimiter, 1 + len(columns))
        if len(fields) <= len(columns) or not filename or not _is_whole(fields[0]):
            raise ValueError(f'{path}:{number}: expected {form!r}, got {line.strip()!r}')
        label, *rest = (int(field) if _is_whole(field) else field for field in fields)
        if label < 0 or (num_classes is not None and label >= num_classes):
            known = f'{num_classes} classes' if num_classes is not None else 'labels start at 0'
            raise ValueError(f'{path}:{number}: label {label} is out of range ({known})')
        videos.append(dict(filename=filename, label=label, **dict(zip(columns, rest, strict=True))))
    return videos


def _is_whole(field: str) -> bool:
    return field.strip().removeprefix('-').isdecimal()
