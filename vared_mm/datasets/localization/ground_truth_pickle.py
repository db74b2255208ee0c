"""J-HMDB's ground truth in a single file, `JHMDB-GT.pkl`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vared_mm.datasets.localization.key_frame import KeyFrame
from vared_mm.datasets.localization.plain_pickle import load_plain_pickle

KEYS = ('labels', 'gttubes', 'nframes', 'train_videos', 'test_videos', 'resolution')


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
        ValueError: if it is no such pickle, or has no such split; file and key are named.
    """
    values = load_plain_pickle(path)
    lacking = [key for key in KEYS if not isinstance(values, dict) or key not in values]
    if lacking:
        raise ValueError(f'{path}: no key {lacking[0]!r}')
    key = f'{subset}_videos'
    if key not in values or not 1 <= split <= len(values[key]):
        raise ValueError(f'{path}: key {key!r} has no split {split}')
    videos = sorted(values[key][split - 1])
    frames: list[KeyFrame] = []
    sizes, lengths = {}, {}
    try:
        for video in videos:
            frames += _frames_of(video, values['gttubes'][video], str(path))
            height, width = values['resolution'][video]
            sizes[video] = int(height), int(width)
            lengths[video] = int(values['nframes'][video])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ValueError(f'{path}: video {video!r}: {type(error).__name__}: {error}') from None
    return GroundTruth([str(name) for name in values['labels']], frames, sizes, lengths)


def _frames_of(video: str, tubes: dict, source: str) -> list[KeyFrame]:
    """Key frames of a video from its tubes, label -> arrays (M, 5) of frame, x1, y1, x2, y2."""
    rows: dict[int, list[tuple[int, int, np.ndarray]]] = {}
    for label, of_label in tubes.items():
        for number, tube in enumerate(of_label):
            for row in np.asarray(tube, np.float64).reshape(-1, 5):
                rows.setdefault(int(row[0]), []).append((int(label), number, row[1:]))
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
