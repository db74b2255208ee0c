"""One annotated frame, and the check of its boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vared_mm.datasets.localization.problems import Problems


@dataclass(frozen=True)
class KeyFrame:
    """A frame of a video and who acts in it.

    Args:
        video: ``class/video``, as folders are named.
        frame: its number in the video, from 1.
        boxes: (M, 4), x1, y1, x2, y2 in pixels of the frame.
        labels: (M,), from 0.
        tubes: (M,), which of the boxes of one label in a video are one person.
        source: the file that says so.
    """

    video: str
    frame: int
    boxes: np.ndarray
    labels: np.ndarray
    tubes: np.ndarray
    source: str

    @property
    def name(self) -> str:
        """How the frame is called in messages."""
        return f'{self.source} (frame {self.frame} of {self.video})'


def make_key_frame(
    video: str, frame: int, rows: Sequence[Sequence[float]], source: str
) -> KeyFrame:
    """A key frame from rows ``label x1 y1 x2 y2``, labels from 0; the place among equal labels
    tells the tubes apart."""
    values = np.asarray(rows, np.float64).reshape(-1, 5)
    labels = values[:, 0].astype(np.int64)
    tubes = [int((labels[:i] == label).sum()) for i, label in enumerate(labels)]
    return KeyFrame(
        video, frame, values[:, 1:].astype(np.float32), labels, np.asarray(tubes, np.int64), source
    )


def check_boxes(
    key_frame: KeyFrame, size: tuple[int, int], num_classes: int, problems: Problems
) -> KeyFrame | None:
    """The frame with boxes that can be used; None if it is left without any.

    A box that reaches over the frame's edge is clipped to it. One without area, before or after,
    one that is no number, and one of an unknown label are left out. All are noted.

    Args:
        key_frame: as it was read.
        size: height and width of the frame, pixels.
        num_classes: labels must be below it.
        problems: where they are noted.
    """
    name, boxes = key_frame.name, key_frame.boxes
    if len(boxes) == 0:
        problems.add('empty label file', name)
        return None
    bounds = np.array([size[1], size[0]] * 2, np.float32)
    clipped = np.clip(boxes, 0, bounds)
    known = (key_frame.labels >= 0) & (key_frame.labels < num_classes)
    number = np.isfinite(boxes).all(1)
    area, left = ((b[:, 2:] > b[:, :2]).all(1) for b in (boxes, clipped))
    good = known & number & area & left
    for i, box in enumerate(boxes.tolist()):
        if not known[i]:
            problems.add('label out of range', f'{name}: {key_frame.labels[i] + 1}')
        elif not number[i] or not area[i]:
            problems.add('box without area', f'{name}: {box}')
        elif not left[i]:
            problems.add('box outside the frame', f'{name}: {box}')
        elif not np.array_equal(boxes[i], clipped[i]):
            problems.add('box clipped to the frame', f'{name}: {box}')
    if not good.any():
        return None
    return KeyFrame(
        key_frame.video,
        key_frame.frame,
        clipped[good],
        key_frame.labels[good],
        key_frame.tubes[good],
        key_frame.source,
    )
