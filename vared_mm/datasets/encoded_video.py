"""Exact reading of single frames out of a video file."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import av
import numpy as np
from av.video.reformatter import VideoReformatter

#: Formats that store when each frame is shown. Others store decoding times at most, and what
#: libav guesses from those can be wrong (AVI with packed B-frames).
_TIMED_FORMATS = ('mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm')


class VideoError(ValueError):
    """A video file cannot be read or decoded; the message starts with its name."""


class EncodedVideo:
    """A video's compressed packets, and frames by number, decoded when asked for.

    Frame i is the i-th that a player shows from the first key frame on. Frames are found by their
    own time stamps, never by a frame rate, so a variable one does no harm, and decoding starts at
    the last key frame before the first wanted frame. Where a file does not store time stamps,
    frames are counted from the start. No header's frame count is trusted.

    The file is read once, into memory, and closed before the constructor returns.

    Args:
        path: of the file.
        threads: of the decoder.

    Raises:
        VideoError: if the file is missing, is no video or holds no frame.
    """

    def __init__(self, path: str, threads: int = 1) -> None:
        self.path = path
        try:
            # Titles in other encodings than UTF-8 are common and of no concern here.
            with av.open(path, metadata_errors='replace') as container:
                stream = container.streams.best('video')
                if stream is None:
                    raise VideoError(f'{path}: holds no video stream')
                # Everything that belongs to the container must be read before it is closed.
                rate, time_base = stream.average_rate, stream.time_base
                self._decoder = stream.codec_context
                self._decoder.thread_count = threads
                if threads > 1:
                    self._decoder.thread_type = 'AUTO'
                self._packets = [packet for packet in container.demux(stream) if packet.size]
                timed = container.format.name in _TIMED_FORMATS
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f'{path}: {error.strerror or error}') from error
        times = self._presentation_times(timed)
        self._timed = times is not None
        self._keys: Sequence[int] = times or range(sum(1 for _ in self._decode(0)))
        if not self._keys:
            raise VideoError(f'{path}: holds no frame')
        #: Mean frame rate; 0 if unknown.
        self.fps = float(rate or 0)
        if self._timed and len(self) > 1:
            self.fps = float((len(self) - 1) / ((times[-1] - times[0]) * time_base))

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self._keys)

    def read(self, numbers: Iterable[int]) -> list[np.ndarray]:
        """Decode frames.

        Args:
            numbers: of the frames, 0 <= number < len(self), in any order, repeated or not.

        Returns:
            RGB images (H, W, 3), uint8, turned upright if the file says so; no two share memory.

        Raises:
            VideoError: if one of them cannot be decoded.
        """
        keys = [self._keys[number] for number in numbers]
        start = self._key_packet(min(keys))
        images = self._read_from(start, set(keys))
        if start and len(images) < len(set(keys)):
            images = self._read_from(0, set(keys))
        self._require(keys, images)
        # A caller may flip an image in place; a repeated one must not be flipped twice.
        uses = Counter(keys)
        return [images[key].copy() if uses[key] > 1 else images[key] for key in keys]

    def verify(self) -> None:
        """Decode every frame.

        Raises:
            VideoError: if one cannot be decoded.
        """
        if self._timed:
            decoded = {frame.pts for frame in self._decode(0)}
            self._require(self._keys, decoded)

    def _require(self, keys: Iterable[int], decoded: Collection[int]) -> None:
        for key in keys:
            if key not in decoded:
                raise VideoError(f'{self.path}: frame {self._keys.index(key)} cannot be decoded')

    def _presentation_times(self, timed: bool) -> list[int] | None:
        """List the time stamps of all frames in showing order; None if there is no trusting them.

        Frames that hang on a key frame before the first one, and those that an edit list hides,
        are never shown.
        """
        if any(packet.pts is None for packet in self._packets):
            return None
        # Without reordering, even a format without time stamps shows one frame after the other.
        if not timed and any(packet.pts != packet.dts for packet in self._packets):
            return None
        first = next((packet.pts for packet in self._packets if packet.is_keyframe), None)
        if first is None:
            return None
        shown = [p.pts for p in self._packets if p.pts >= first and not p.is_discard]
        return sorted(shown) if len(set(shown)) == len(shown) else None

    def _key_packet(self, time: int) -> int:
        """Find the last key frame that is shown at or before a time."""
        if not self._timed:
            return 0
        key_packets = (
            i for i, packet in enumerate(self._packets) if packet.is_keyframe and packet.pts <= time
        )
        return max(key_packets, default=0)

    def _read_from(self, start: int, keys: set[int]) -> dict[int, np.ndarray]:
        images: dict[int, np.ndarray] = {}
        to_rgb = VideoReformatter()
        for count, frame in enumerate(self._decode(start)):
            key = frame.pts if self._timed else count
            if key in keys:
                image = to_rgb.reformat(frame, format='rgb24', threads=1).to_ndarray()
                quarters = round(frame.rotation / 90)
                images[key] = np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image
                if len(images) == len(keys):
                    break
        return images

    def _decode(self, start: int) -> Iterator[av.VideoFrame]:
        try:
            if self._decoder.is_open:
                self._decoder.flush_buffers()
            for packet in [*self._packets[start:], None]:
                yield from self._decoder.decode(packet)
        except av.FFmpegError as error:
            raise VideoError(f'{self.path}: {error.strerror or error}') from error
