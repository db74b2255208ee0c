"""Predictions drawn on the pictures of a stream, shown or written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from vared_mm.apis.drawn_detections import draw
from vared_mm.datasets.synthetic.write_video import QUICK_TO_DECODE

from .frame_source import FrameSource
from .predictor import StreamPrediction

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_READABLE = 240


def draw_prediction(
    image: np.ndarray,
    prediction: StreamPrediction | None,
    labels: Sequence[str],
    threshold: float = 0.3,
) -> np.ndarray:
    """A picture with the last prediction: label, confidence, cost and rate, and boxes.

    Shapes: uint8 (H, W, 3) -> the same, a small one enlarged, H and W even.

    Args:
        image: RGB.
        prediction: None before the first one.
        labels: names of the classes.
        threshold: boxes of lower scores are not drawn.
    """
    if prediction is not None and prediction.detections is not None:
        image = draw(image, prediction.detections, labels, threshold)
    else:
        factor = max(-(-_READABLE // min(image.shape[:2])), 1)
        height, width = (side * factor // 2 * 2 for side in image.shape[:2])
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST)
    if prediction is None:
        return image
    label, confidence = prediction.top[0]
    cost = prediction.cost
    lines = (
        f'{label} {confidence:.2f}',
        f'{cost["executed"] / 1e9:.3g} GMACs, {100 * cost["share"]:.0f} %, '
        f'{prediction.rate:.1f} clips/s',
    )
    scale = max(min(image.shape[:2]) / 640, 0.45)
    for number, line in enumerate(lines, start=1):
        place = (4, round(number * 40 * scale))
        cv2.putText(image, line, place, _FONT, scale, (0, 0, 0), 4, cv2.LINE_AA)
        cv2.putText(image, line, place, _FONT, scale, (255, 255, 255), 1, cv2.LINE_AA)
    return image


def show(image: np.ndarray) -> bool:
    """Show a picture in a window; whether it is to go on, which q ends.

    Raises:
        ValueError: if no window can be opened.
    """
    try:
        cv2.imshow('vared_mm', image[..., ::-1])
        return cv2.waitKey(1) & 0xFF != ord('q')
    except cv2.error as error:
        raise ValueError(f'--show: no window can be opened: {error.err}') from None


class VideoSink:
    """A video file that grows by one picture at a time.

    Args:
        path: of the file; its suffix chooses the container. A ``.mkv`` can be played while it is
            written.
        source: whose frame rate it has.
    """

    def __init__(self, path: str, source: FrameSource) -> None:
        self._path, self._source = Path(path), source
        self._stream: Any = None

    def __enter__(self) -> 'VideoSink':
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = av.open(str(self._path), 'w')
        return self

    def __exit__(self, *_: Any) -> None:
        if self._stream is not None:
            self._file.mux(self._stream.encode(None))
        self._file.close()

    def write(self, image: np.ndarray) -> None:
        """Add a picture; all have the size of the first one."""
        if self._stream is None:
            rate = max(round(self._source.fps), 1)
            self._stream = self._file.add_stream(
                'libx264', rate=rate, options=dict(QUICK_TO_DECODE)
            )
            self._stream.height, self._stream.width = image.shape[:2]
            self._stream.pix_fmt = 'yuv420p'
        size = (self._stream.width, self._stream.height)
        if image.shape[1::-1] != size:
            image = cv2.resize(image, size)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format='rgb24')
        self._file.mux(self._stream.encode(frame))
