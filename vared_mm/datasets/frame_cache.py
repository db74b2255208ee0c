"""Decoded frames, kept on disk and mapped into memory."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
from mmengine.logging import print_log
from numpy.lib import format as npy

from vared_mm.datasets.encoded_video import EncodedVideo

#: Of the files' form; raised when it changes.
VERSION = 1
SUFFIX = '.frames'


class CachedVideo:
    """Frames of a video that were decoded before, with what `PyAVRead` asks of a reader.

    Args:
        path: of the file that :meth:`FrameCache.write` wrote.

    Raises:
        ValueError: if it is no such file, or is cut off.
    """

    def __init__(self, path: Path) -> None:
        with path.open('rb') as file:
            self.fps = float(np.load(file, allow_pickle=False))
            version = npy.read_magic(file)
            shape, _, dtype = npy.read_array_header_1_0(file)
            place = file.tell()
        if version != (1, 0) or dtype != np.uint8 or len(shape) != 4:
            raise ValueError(f'{path}: holds no frames')
        self._frames_THWC = np.memmap(path, dtype, 'r', place, shape)

    def __len__(self) -> int:
        return len(self._frames_THWC)

    def read(self, numbers: Iterable[int]) -> list[np.ndarray]:
        """Copies of frames (H, W, 3), uint8, RGB, in the order asked for."""
        return [np.array(self._frames_THWC[number]) for number in numbers]


class FrameCache:
    """A folder of decoded videos, each in a file of its own.

    A file is known by where the video really lies, its size and time of change, and by the size of
    the frames, so that another video, or another size, never takes its place. Files are written in
    whole or not at all; several processes may share a folder. Where the folder is full, videos are
    decoded each time as without it, which is said once.

    Args:
        folder: made where it is missing; delete it to be rid of the frames.
        short_side: of the kept frames, pixels; None keeps their size.
        most: bytes that the folder may take.
    """

    def __init__(self, folder: str | Path, short_side: int | None, most: int) -> None:
        self.folder, self.short_side, self.most = Path(folder), short_side, most
        self._full = False
        self._used: int | None = None  # bytes, known from the first writing on

    def path_of(self, video: str) -> Path:
        """Where the frames of a video are kept.

        Raises:
            OSError: if there is no such video.
        """
        status = os.stat(video)
        parts = (VERSION, os.path.realpath(video), status.st_size, status.st_mtime_ns)
        key = hashlib.sha256(repr((*parts, self.short_side)).encode()).hexdigest()
        return self.folder / key[:2] / f'{key[2:34]}{SUFFIX}'

    def find(self, video: str) -> CachedVideo | None:
        """The kept frames of a video; None if there are none, or none that can be read."""
        try:
            return CachedVideo(self.path_of(video))
        except (OSError, ValueError, EOFError):
            return None

    def write(self, video: str, encoded: EncodedVideo) -> CachedVideo | None:
        """Decode a video and keep it; None where the folder is full.

        Raises:
            VideoError: if it can't be decoded.
        """
        if self._full:
            return None
        frames = np.stack([self.resize(frame) for frame in encoded.frames()])
        if self._used is None:
            self._used = self._size()
        if self._used + frames.nbytes > self.most:
            self._used = self._size()  # others write too, or make room
        if self._used + frames.nbytes > self.most:
            self._full = True
            print_log(f'{self.folder}: full, so further videos are decoded each time', 'current')
            return None
        path = self.path_of(video)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix='.part', delete=False) as file:
            try:
                np.save(file, np.float64(encoded.fps))
                npy.write_array(file, frames, version=(1, 0))
                file.close()
                os.replace(file.name, path)
                self._used += frames.nbytes
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return CachedVideo(path)

    def resize(self, frame: np.ndarray) -> np.ndarray:
        """A frame (H, W, 3) in the kept size."""
        height, width = frame.shape[:2]
        if self.short_side is None or min(height, width) == self.short_side:
            return frame
        scale = self.short_side / min(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        return cv2.resize(
            frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )

    def _size(self) -> int:
        size = 0
        for file in self.folder.rglob(f'*{SUFFIX}'):
            with suppress(FileNotFoundError):  # somebody makes room
                size += file.stat().st_size
        return size
