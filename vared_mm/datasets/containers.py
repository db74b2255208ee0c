"""The kinds of video files that are read, and their opening."""

import os.path as osp
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from time import monotonic

import av

from vared_mm.datasets.avi_index import check_avi
from vared_mm.datasets.decoding_limits import DecodingLimits, VideoError
from vared_mm.datasets.mp4_tables import MP4_BEGINNINGS, check_mp4

#: libav's names of formats that hold all of their pictures themselves, beside MP4 and AVI. What is
#: left out names other files (playlists), draws text, has single images, or is rarely met.
_FORMATS = (
    'matroska', 'mpegts', 'mpeg', 'flv', 'ogg', 'asf', 'gif', 'ivf',
    'h264', 'hevc', 'av1', 'obu', 'mpegvideo', 'm4v', 'mjpeg', 'dv', 'yuv4mpegpipe',
)  # fmt: skip
_AVI_BEGINNINGS = (b'RIFF', b'ON2 ')


class _TimedFile:
    """What libav sees of a file: no name, which would lead it to others, and no time left."""

    def __init__(self, file: BufferedReader, path: str, limits: DecodingLimits) -> None:
        self._file, self._path, self._limits = file, path, limits
        self._end = monotonic() + limits.seconds
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        if monotonic() > self._end:
            self._limits.refuse(self._path, 'seconds')
        return self._file.read(size)


@contextmanager
def open_video(path: str, limits: DecodingLimits) -> Iterator[av.container.InputContainer]:
    """Open a video file by its content, whatever its name says.

    Only this file is read: one that refers to others is refused, or lacks what is in them.

    Args:
        path: of the file.
        limits: beyond which it is refused; ``seconds`` hold from here to the closing.

    Raises:
        VideoError: if it is missing, of no kind that is read, damaged or beyond a limit.
    """
    if osp.exists(path) and not osp.isfile(path):  # reading a pipe may never end
        raise VideoError(f'{path}: no regular file')
    with named_errors(path), open(path, 'rb') as file:
        limits.require(path, 'bytes', osp.getsize(path))
        formats = _check_tables(file, path, limits)
        file.seek(0)
        try:
            container = av.open(
                _TimedFile(file, path, limits),
                # Titles in other encodings than UTF-8 are common and of no concern here.
                metadata_errors='replace',
                # libav decodes a few frames while it opens a file: it must know the limit by then.
                options={'max_pixels': str(limits.pixels)},
                container_options={
                    'format_whitelist': ','.join(formats),
                    'protocol_whitelist': 'none',
                    'max_streams': '100',
                },
                timeout=limits.seconds,
            )
        except av.error.ArgumentError as error:
            raise VideoError(
                f'{path}: not a kind of video file that is read, or damaged'
            ) from error
        except av.error.ExitError:
            limits.refuse(path, 'seconds')
        with container:
            yield container


def _check_tables(file: BufferedReader, path: str, limits: DecodingLimits) -> Sequence[str]:
    """Hold what a file promises to its size; the formats that it may be of then."""
    start = file.read(12)
    if start[4:8] in MP4_BEGINNINGS:
        check_mp4(file, path, limits)
        return ('mov',)
    if start[:4] in _AVI_BEGINNINGS:
        check_avi(file, path, limits)
        return ('avi',)
    return _FORMATS


@contextmanager
def named_errors(path: str) -> Iterator[None]:
    """Turn what libav says into an error that names the file.

    Raises:
        VideoError: in the place of libav's.
    """
    try:
        yield
    except av.error.ArgumentError as error:  # what decoders say of max_pixels, but not of that only
        message = f'{error.strerror}: damaged, or a picture beyond limits.pixels'
        raise VideoError(f'{path}: {message}') from error
    except (av.FFmpegError, OSError) as error:
        raise VideoError(f'{path}: {error.strerror or error}') from error
