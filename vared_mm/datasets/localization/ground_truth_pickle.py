"""J-HMDB's ground truth in a single file, `JHMDB-GT.pkl`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from vared_mm.datasets.localization.key_frame import KeyFrame
from vared_mm.datasets.localization.plain_pickle import load_plain_pickle

KEYS = ('labels', 'gttubes', 'nframes', 'train_videos', 'test_videos', 'resolution')
#: A file may name one array again and again; J-HMDB has some 32,000 boxes.
MOST_BOXES = 10_000_000
#: No pixel is as far away; beyond it whole numbers are not all exact.
_LARGE = 2**24


@dataclass(frozen=True)
class GroundTruth:
    """What the file says of one split.

    Args:
        classes: names, by label.
        frames: every annotated frame, by video and number.
        sizes: height and width of a video's frames.
        lengths: number of a video's frames.
    """

    classes: list[str]
    frames: list[KeyFrame]
    sizes: dict[str, tuple[int, int]]
    lengths: dict[str, int]


def read_ground_truth(path: str | Path, subset: str, split: int = 1) -> GroundTruth:
    """Read the videos of a split.

    Args:
        path: of the file, a pickle with the keys :data:`KEYS`; only arrays and plain containers
            are let in.
        subset: ``'train'`` or ``'test'``.
        split: 1, 2 or 3.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no such pickle, has no such split, or says what can't be: labels
            without a name, tubes that are no (M, 5), numbers that are not finite, frames that the
            video does not have; file, key and video are named.
    """
    values = load_plain_pickle(path)
    lacking = [key for key in KEYS if not isinstance(values, dict) or key not in values]
    if lacking:
        raise ValueError(f'{path}: no key {lacking[0]!r}')
    for key in ('gttubes', 'nframes', 'resolution'):
        _require(isinstance(values[key], dict), f'{path}: key {key!r} is no dict by video')
    classes, key = values['labels'], f'{subset}_videos'
    _require(_are_names(classes), f'{path}: key {"labels"!r} is no list of names')
    splits = values.get(key)
    _require(
        isinstance(splits, list | tuple) and 1 <= split <= len(splits),
        f'{path}: key {key!r} has no split {split}',
    )
    videos = splits[split - 1]
    _require(_are_names(videos), f'{path}: key {key!r}: split {split} is no list of names')
    frames: list[KeyFrame] = []
    sizes, lengths, room = {}, {}, MOST_BOXES
    for video in sorted(set(videos)):
        try:
            _require(_is_below(video), 'is no folder below that of the images')
            tubes, length, size = (_of(video, values, key) for key in KEYS[1:3] + KEYS[5:])
            _require(_are_counts(length) and _are_counts(size, 2), 'no whole numbers as sizes')
            sizes[video], lengths[video] = (int(size[0]), int(size[1])), int(length)
            rows = _rows(tubes, len(classes), int(length))
            frames += (found := _frames_of(video, rows, str(path), room))
            room -= sum(len(frame.labels) for frame in found)
        except ValueError as error:
            raise ValueError(f'{path}: video {video!r}: {error}') from None
    return GroundTruth([str(name) for name in classes], frames, sizes, lengths)


def _require(holds: bool, else_say: str) -> None:
    if not holds:
        raise ValueError(else_say)


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


def _is_below(video: str) -> bool:
    path = PurePath(video)
    return not path.is_absolute() and '..' not in path.parts and video.isprintable()


def _of(video: str, values: dict, key: str) -> Any:
    _require(video in values[key], f'not in key {key!r}')
    return values[key][video]


def _are_counts(value: Any, number: int | None = None) -> bool:
    """Whether it is a positive whole number, or so many of them."""
    if number is not None:
        is_list = isinstance(value, list | tuple | np.ndarray) and np.shape(value) == (number,)
        return is_list and all(map(_are_counts, value))
    return isinstance(value, int | np.integer) and value > 0


def _rows(tubes: Any, classes: int, length: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Label, number and rows (M, 5) of each tube: frame, x1, y1, x2, y2."""
    _require(isinstance(tubes, dict), "key 'gttubes' holds no dict by label")
    for label, of_label in tubes.items():
        named = isinstance(label, int | np.integer) and 0 <= label < classes
        _require(named, f'label {str(label)[:20]!r} has no name')
        _require(isinstance(of_label, list | tuple), f'label {label}: no list of tubes')
        for number, tube in enumerate(of_label):
            where = f'label {label}: tube {number}'
            shape = getattr(tube, 'shape', ())
            _require(len(shape) == 2 and shape[1] == 5, f'{where} is no array (M, 5)')
            _require(tube.dtype.kind in 'iuf', f'{where} holds no real numbers')
            rows = tube.astype(np.float64)
            _require(
                bool((abs(rows) < _LARGE).all()),
                f'{where} holds numbers that are not finite, or huge',
            )
            frames = rows[:, 0]
            inside = (frames >= 1) & (frames <= length) & (frames == np.floor(frames))
            _require(bool(inside.all()), f'{where} has frames beyond 1 to {length}')
            _require(len(np.unique(frames)) == len(frames), f'{where} has a frame twice')
            yield int(label), number, rows


def _frames_of(
    video: str, tubes: Iterator[tuple[int, int, np.ndarray]], source: str, room: int
) -> list[KeyFrame]:
    """Key frames of a video from its tubes."""
    rows: dict[int, list[tuple[int, int, np.ndarray]]] = {}
    for label, number, tube in tubes:
        room -= len(tube)
        _require(room >= 0, f'more than {MOST_BOXES:,} boxes up to here')
        for row in tube:
            rows.setdefault(int(row[0]), []).append((label, number, row[1:]))
    return [
        KeyFrame(
            video,
            frame,
            np.stack([box for _, _, box in found]).astype(np.float32),
            np.array([label for label, _, _ in found], np.int64),
            np.array([number for _, number, _ in found], np.int64),
            source,
        )
        for frame, found in sorted(rows.items())
    ]
