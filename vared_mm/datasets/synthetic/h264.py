"""Writing of small H.264 files."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

#: One thread: bytes do not depend on the machine's cores. No B-frames, no loop filter: such
#: small clips are read many times a second in training.
QUICK_TO_DECODE = {
    'preset': 'veryfast',
    'tune': 'fastdecode',
    'crf': '20',
    'bf': '0',
    'threads': '1',
}


def write_h264(
    path: str | Path,
    frames: np.ndarray | Sequence[np.ndarray],
    fps: int,
    *,
    options: Mapping[str, str] = QUICK_TO_DECODE,
    ticks: Sequence[int] | None = None,
    rotation: int = 0,
) -> None:
    """Write RGB frames into a file with one H.264 stream (yuv420p).

    Args:
        path: of the file; its extension chooses the container.
        frames: (H, W, 3) each, uint8, height and width even.
        fps: frames per second.
        options: of libx264.
        ticks: when each frame is shown, in units of 1 / fps seconds, rising; uneven ones make a
            variable frame rate. Default: 0, 1, 2 ...
        rotation: that players shall turn the picture by, degrees counterclockwise.
    """
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=fps, options=dict(options))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = 'yuv420p'
        # libx264's own clock; finer than the frames so that uneven ticks survive.
        stream.codec_context.time_base = Fraction(1, fps)
        if rotation:
            stream.set_display_rotation(rotation)
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format='rgb24')
            frame.pts = number if ticks is None else ticks[number]
            frame.time_base = Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
