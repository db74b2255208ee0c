"""Writing of small video files."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np

#: H.264 for clips that are read many times a second: no B-frames, no loop filter, no CABAC. One
#: thread, so that the bytes do not depend on the machine's cores.
QUICK_TO_DECODE = {
    'preset': 'veryfast',
    'tune': 'fastdecode',
    'crf': '20',
    'bf': '0',
    'threads': '1',
}


def write_video(
    path: str | Path,
    frames: Iterable[np.ndarray],
    fps: int,
    *,
    codec: str = 'libx264',
    options: Mapping[str, str] = QUICK_TO_DECODE,
    ticks: Sequence[int] | None = None,
    rotation: int = 0,
) -> None:
    """Write RGB frames into a file with one video stream (yuv420p).

    Args:
        path: of the file; its extension chooses the container.
        frames: one or more, (H, W, 3) each, uint8, height and width even; taken one by one.
        fps: frames per second.
        codec: libav's name of the encoder.
        options: of the encoder.
        ticks: when each frame is shown, in units of 1 / fps seconds, rising; uneven ones make a
            variable frame rate. Default: 0, 1, 2 ...
        rotation: that players shall turn the picture by, degrees counterclockwise.
    """
    tick = Fraction(1, fps)
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec, rate=fps, options=dict(options))
        rest = iter(frames)
        first = next(rest)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = 'yuv420p'
        stream.codec_context.time_base = tick
        if rotation:
            stream.set_display_rotation(rotation)
        for number, image in enumerate(chain([first], rest)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format='rgb24')
            frame.pts, frame.time_base = number if ticks is None else ticks[number], tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
