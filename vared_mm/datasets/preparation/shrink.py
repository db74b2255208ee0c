"""Short clips out of original video files: small, without black borders, quick to decode."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.datasets.synthetic.write_video import QUICK_TO_DECODE, write_video

#: Brightest grey level of a black border.
BLACK = 24
GROUP_OF_PICTURES = 12


def shrink_video(source: Path, target: Path, frames: int, short_side: int = 128) -> None:
    """Write the first frames of a video as H.264, at a constant rate.

    The rate is the source's mean, rounded; a group of pictures has at most 12 frames. Rows and
    columns at the edges that are black in every one of these frames are cut off.

    Args:
        source: the original file.
        target: the clip; it is there in whole, or not at all.
        frames: how many are kept, if there are so many.
        short_side: pixels; smaller sources are enlarged.

    Raises:
        VideoError: if the source can't be decoded.
    """
    video = EncodedVideo(str(source))
    rows, columns = _inside(islice(video.frames(), frames))
    height, width = rows.stop - rows.start, columns.stop - columns.start
    scale = short_side / min(height, width)
    size = tuple(max(2, 2 * round(side * scale / 2)) for side in (width, height))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f'{target.stem}.part{target.suffix}')
    write_video(
        part,
        (
            cv2.resize(image[rows, columns], size, interpolation=cv2.INTER_AREA)
            for image in islice(video.frames(), frames)
        ),
        max(1, round(video.fps)),
        options={**QUICK_TO_DECODE, 'g': str(GROUP_OF_PICTURES)},
    )
    os.replace(part, target)


def _inside(images: Iterator[np.ndarray]) -> tuple[slice, slice]:
    """Rows and columns within black borders; all of them where everything is black."""
    brightest = None
    for image in images:
        grey = image.max(axis=2)
        brightest = grey if brightest is None else np.maximum(brightest, grey)
    assert brightest is not None  # a video has a frame
    spans = []
    for axis in (1, 0):
        bright = np.flatnonzero(np.percentile(brightest, 95, axis=axis) > BLACK)
        whole = slice(0, brightest.shape[1 - axis])
        spans.append(slice(bright[0], bright[-1] + 1) if len(bright) else whole)
    return spans[0], spans[1]
