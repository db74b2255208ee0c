"""Turning a picture upright."""

import av
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import VideoReformatter

from vared_mm.datasets.decoding_limits import VideoError

#: A matrix that is this near to one of the eight orientations is taken for it.
_NEAR = 0.02


def upright(image: np.ndarray, matrix: bytes) -> np.ndarray:
    """Turn and mirror a picture as a display matrix says.

    Shapes: (H, W, 3) -> (H, W, 3) or (W, H, 3), contiguous.

    Args:
        image: as stored.
        matrix: of libav, nine 32-bit integers; the first four of its rows and columns count, by
            their signs: a point (x, y) is shown at (a x + c y, b x + d y).

    Raises:
        ValueError: if it is none of the eight orientations.
    """
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].astype(float)
    straight, crossed = abs(a) + abs(d), abs(b) + abs(c)
    if min(straight, crossed) > _NEAR * max(straight, crossed):
        raise ValueError('turned by an angle that is no quarter of a circle')
    right, down = (a, d) if straight >= crossed else (c, b)
    if crossed > straight:
        image = image.swapaxes(0, 1)
    return np.ascontiguousarray(image[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1])


class ToUprightImage:
    """Makes images of frames of a video: RGB, upright.

    Args:
        path: of the video, for the error.
    """

    def __init__(self, path: str) -> None:
        self._path, self._to_rgb, self._matrix = path, VideoReformatter(), b''

    def note(self, frame: av.VideoFrame) -> None:
        """Look at each frame: some codecs say with a key frame how those after it are turned.

        Raises:
            VideoError: if it is turned by an angle that is no quarter of a circle.
        """
        if (matrix := frame.side_data.get(Type.DISPLAYMATRIX)) is None:
            return
        self._matrix = bytes(matrix)
        try:
            upright(np.empty((1, 1, 3)), self._matrix)
        except ValueError as error:
            raise VideoError(f'{self._path}: {error}') from None

    def __call__(self, frame: av.VideoFrame) -> np.ndarray:
        """Shapes: -> uint8 (H, W, 3)."""
        image = self._to_rgb.reformat(frame, format='rgb24', threads=1).to_ndarray()
        return upright(image, self._matrix) if self._matrix else image
