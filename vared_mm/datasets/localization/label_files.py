"""J-HMDB's layout with one label file a frame, as YOWO's authors released it."""

from collections.abc import Iterable
from math import isfinite
from pathlib import Path, PurePosixPath

from vared_mm.datasets.localization.key_frame import KeyFrame, make_key_frame
from vared_mm.datasets.localization.problems import Problems
from vared_mm.datasets.video_list import read_lines


def read_label_files(list_file: str | Path, root: str | Path, problems: Problems) -> list[KeyFrame]:
    """Read the label files that a list names.

    Lines of the list: ``labels/<class>/<video>/00001.txt``, relative to ``root``. Lines of a label
    file: ``class x1 y1 x2 y2``, class from 1, pixels. A file that is missing or holds a line of
    another form is noted, and has no key frame; one without any line gives a frame without boxes.

    Raises:
        FileNotFoundError: if there is no such list.
        ValueError: if it is empty, or a line is no such path; list and line are named.
    """
    frames = []
    for number, line in enumerate(read_lines(str(list_file), 'list of label files'), start=1):
        if not line.strip():
            continue
        path = PurePosixPath(line.strip())
        if len(path.parts) < 3 or path.suffix != '.txt' or not path.stem.isdecimal():
            raise ValueError(
                f'{list_file}:{number}: expected labels/<class>/<video>/<frame>.txt, got {line!r}'
            )
        file = Path(root, path)
        try:
            rows = read_label_file(file)
        except FileNotFoundError:
            problems.add('missing label file', str(file))
        except ValueError as error:
            problems.add('malformed label file', str(error))
        else:
            video = '/'.join(path.parts[-3:-1])
            frames.append(make_key_frame(video, int(path.stem), rows, str(file)))
    return frames


def read_label_file(path: Path) -> list[list[float]]:
    """Rows ``label x1 y1 x2 y2`` of one file, labels from 0.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if a line has another form; file and line are named.
    """
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        raise ValueError(f'{path}: not text') from None
    return parse_rows(text, str(path))


def parse_rows(text: str, name: str) -> list[list[float]]:
    """Rows of a label file's text; see :func:`read_label_file`."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields:
            continue
        try:
            label, *box = (float(field) for field in fields)
            if len(box) != 4 or not isfinite(label) or label != int(label):
                raise ValueError
        except ValueError:
            raise ValueError(f'{name}:{number}: expected class x1 y1 x2 y2, got {line!r}') from None
        rows.append([label - 1, *box])
    return rows


def write_label_files(frames: Iterable[KeyFrame], root: Path, list_file: Path) -> None:
    """Write the label file of each frame below ``root``, then the list of them all."""
    lines = []
    for frame in frames:
        path = PurePosixPath('labels', frame.video, f'{frame.frame:05}.txt')
        rows = zip(frame.labels.tolist(), frame.boxes.tolist(), strict=True)
        text = ''.join(f'{label + 1} {" ".join(f"{v:g}" for v in box)}\n' for label, box in rows)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        lines.append(f'{path}\n')
    list_file.write_text(''.join(lines))
