"""Exact reading of single frames out of a video file."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from time import monotonic

import av
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import VideoReformatter

from vared_mm.datasets.containers import named_errors
from vared_mm.datasets.decoding_limits import DEFAULT_LIMITS, DecodingLimits, VideoError
from vared_mm.datasets.orientation import upright
from vared_mm.datasets.video_packets import read_packets


class EncodedVideo:
    """A video's compressed packets, and frames by number, decoded when asked for.

    Frame i is the i-th that a player shows from the first key frame on. Frames are found by their
    own time stamps, never by a frame rate, so a variable one does no harm, and decoding starts at
    the last key frame before the first wanted frame. Where a file does not store time stamps,
    frames are counted from the start. No header's frame count is trusted. A frame that the decoder
    could only guess at counts as one that cannot be decoded.

    The file is read once, into memory, and closed before the constructor returns.

    Args:
        path: of the file.
        threads: of the decoder.
        limits: beyond which it is refused.

    Raises:
        VideoError: if the file is missing, is no video, holds no frame or goes beyond a limit.
    """

    def __init__(
        self, path: str, threads: int = 1, limits: DecodingLimits = DEFAULT_LIMITS
    ) -> None:
        self.path, self.limits = path, limits
        read = read_packets(path, threads, limits)
        self._decoder, self._packets = read.decoder, read.packets
        self._timed = read.times is not None
        with named_errors(path):
            self._keys: Sequence[int] = read.times or range(sum(1 for _ in self._decode_all()))
        if not self._keys:
            raise VideoError(f'{path}: holds no frame')
        #: Mean frame rate; 0 if unknown.
        self.fps = float(read.rate or 0)
        if read.times and len(self) > 1:
            self.fps = float((len(self) - 1) / ((self._keys[-1] - self._keys[0]) * read.time_base))

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
            VideoError: if one of them cannot be decoded, if they differ in size or if they go
                beyond a limit.
        """
        keys = [self._keys[number] for number in numbers]
        # A caller may flip an image in place; a repeated one must not be flipped twice.
        uses = Counter(keys)
        start = self._key_packet(min(keys))
        with named_errors(self.path):
            images = self._read_from(start, uses)
            if start and len(images) < len(uses):
                images = self._read_from(0, uses)
        self._require(keys, images)
        self._require_one_size({image.shape[1::-1] for image in images.values()})
        return [images[key].copy() if uses[key] > 1 else images[key] for key in keys]

    def verify(self) -> None:
        """Decode every frame.

        Raises:
            VideoError: if one cannot be decoded, or if they differ in size.
        """
        with named_errors(self.path):
            whole = {
                key: (frame.width, frame.height)
                for key, frame in self._decode_all()
                if not frame.is_corrupt
            }
        self._require(self._keys, whole)
        self._require_one_size(set(whole.values()))

    def _require(self, keys: Iterable[int], decoded: Collection[int]) -> None:
        for key in keys:
            if key not in decoded:
                raise VideoError(f'{self.path}: frame {self._keys.index(key)} cannot be decoded')

    def _require_one_size(self, sizes: set[tuple[int, int]]) -> None:
        if len(sizes) > 1:
            said = ' and '.join(f'{width} x {height}' for width, height in sorted(sizes))
            raise VideoError(f'{self.path}: its frames differ in size: {said}')

    def _key_packet(self, time: int) -> int:
        """Find the last key frame that is shown at or before a time."""
        if not self._timed:
            return 0
        key_packets = (
            i for i, packet in enumerate(self._packets) if packet.is_keyframe and packet.pts <= time
        )
        return max(key_packets, default=0)

    def _read_from(self, start: int, uses: Mapping[int, int]) -> dict[int, np.ndarray]:
        images: dict[int, np.ndarray] = {}
        to_rgb, matrix, size = VideoReformatter(), b'', 0
        for key, frame in self._decode(start, self.limits.seconds):
            # Some codecs say with a key frame how it, and those after it, are to be turned.
            if (said := frame.side_data.get(Type.DISPLAYMATRIX)) is not None:
                matrix = bytes(said)
            if key not in uses or frame.is_corrupt:
                continue
            size += 3 * frame.width * frame.height * uses[key]
            self.limits.require(self.path, 'bytes', size)
            image = to_rgb.reformat(frame, format='rgb24', threads=1).to_ndarray()
            try:
                images[key] = upright(image, matrix) if matrix else image
            except ValueError as error:
                raise VideoError(f'{self.path}: {error}') from None
            if len(images) == len(uses):
                break
        return images

    def _decode_all(self) -> Iterator[tuple[int, av.VideoFrame]]:
        return self._decode(0, self.limits.seconds * (1 + len(self._packets) // 1000))

    def _decode(self, start: int, seconds: float) -> Iterator[tuple[int, av.VideoFrame]]:
        """Frames with their keys, from a packet on."""
        for count, frame in enumerate(self._decode_packets(start, monotonic() + seconds)):
            self.limits.require(self.path, 'frames', count + 1)
            yield (frame.pts if self._timed else count), frame

    def _decode_packets(self, start: int, end: float) -> Iterator[av.VideoFrame]:
        if self._decoder.is_open:
            self._decoder.flush_buffers()
        for packet in self._packets[start:]:
            if monotonic() > end:
                self.limits.refuse(self.path, 'seconds')
            try:
                yield from self._decoder.decode(packet)
            except av.FFmpegError:
                yield from self._decoder.decode(None)  # good frames, held back for their order
                raise
        yield from self._decoder.decode(None)
