"""Exact reading of single frames out of a video file."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import av
import numpy as np

from vared_mm.datasets.containers import named_errors
from vared_mm.datasets.decoding_limits import DEFAULT_LIMITS, Clock, DecodingLimits, VideoError
from vared_mm.datasets.frame_places import FramePlaces, are_marks
from vared_mm.datasets.orientation import ToUprightImage
from vared_mm.datasets.random_access import RandomAccess, find_random_access
from vared_mm.datasets.video_packets import read_packets


class EncodedVideo:
    """A video's compressed packets, and frames by number, decoded when asked for.

    Frame i is the i-th that a player shows from the first key frame on. Frames are found by their
    own time stamps, never by a frame rate, so a variable one does no harm. Decoding starts at the
    last picture before a wanted frame from which the codec is exact, and what lies between wanted
    frames far from each other is not decoded. Where a file does not store time stamps, frames are
    counted from the start. No header's frame count is trusted. A frame that the decoder could only
    guess at counts as one that cannot be decoded.

    The file is read once, into memory, and closed before the constructor returns. It is read again
    only where parameters of the decoder change on the way, and decoding starts before that again.

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
        self.path, self.limits, self._threads = path, limits, threads
        read = read_packets(path, threads, limits)
        self._decoder, self._packets = read.decoder, read.packets
        self._reached = -1  # the last packet that the decoder was ever given
        #: What frames are known by: their time stamps, or their numbers.
        self._keys: Sequence[int] = read.times or []
        self._timed = read.times is not None
        if not self._timed:
            with named_errors(path):
                stamps = [frame.pts for _, frame in self._decode_all()]
            self._timed = are_marks(stamps, self._packets, self._decoder)
            self._keys = stamps if self._timed else range(len(stamps))
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
        """Decode frames, without those far from them.

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
        images: dict[int, np.ndarray] = {}
        clock = self.limits.clock(self.path)
        with named_errors(self.path):
            places = self._places
            stretches = list(places.stretches(uses)) if places else [(0, set(uses))]
            for start, wanted in stretches:
                self._read_from(start, wanted, uses, images, clock)
            missing = uses.keys() - images.keys()
            if missing and any(start for start, _ in stretches):
                self._read_from(0, missing, uses, images, clock)
        self._require(keys, images)
        self._require_one_size({image.shape[1::-1] for image in images.values()})
        return [images[key].copy() if uses[key] > 1 else images[key] for key in keys]

    def frames(self) -> Iterator[np.ndarray]:
        """Decode all frames in order, each once, and keep none.

        Shapes: uint8 (H, W, 3) each, as of :meth:`read`. One iteration at a time.

        Raises:
            VideoError: as :meth:`read` does, but for the bytes of all images.
        """
        number, to_image, sizes = 0, ToUprightImage(self.path), set[tuple[int, int]]()
        with named_errors(self.path):
            for key, frame in self._decode_all():
                to_image.note(frame)
                if number == len(self) or key < self._keys[number]:
                    continue  # never shown
                if key > self._keys[number] or frame.is_corrupt:
                    break
                number += 1
                sizes.add((frame.width, frame.height))
                self._require_one_size(sizes)
                yield to_image(frame)
        if number < len(self):
            raise VideoError(f'{self.path}: frame {number} cannot be decoded')

    def verify(self) -> None:
        """Decode every frame.

        Raises:
            VideoError: if one cannot be decoded, if they differ in size, or if one is turned by an
                angle that is no quarter of a circle.
        """
        whole: dict[int, tuple[int, int]] = {}
        to_image = ToUprightImage(self.path)
        with named_errors(self.path):
            for key, frame in self._decode_all():
                to_image.note(frame)
                if not frame.is_corrupt:
                    whole[key] = frame.width, frame.height
        self._require(self._keys, whole)
        self._require_one_size(set(whole.values()))

    def _require(self, keys: Iterable[int], decoded: Collection[int]) -> None:
        for key in keys:
            if key not in decoded:
                raise VideoError(f'{self.path}: frame {self._keys.index(key)} cannot be decoded')

    def _require_one_size(self, sizes: set[tuple[int, int]]) -> None:
        if len(sizes) > 1:
            message = ' and '.join(f'{width} x {height}' for width, height in sorted(sizes))
            raise VideoError(f'{self.path}: its frames differ in size: {message}')

    @cached_property
    def _places(self) -> FramePlaces | None:
        return FramePlaces(self._packets, self._access.points) if self._timed else None

    @cached_property
    def _access(self) -> RandomAccess:
        return find_random_access(self._packets, self._decoder)

    def _read_from(
        self,
        start: int,
        wanted: Collection[int],
        uses: Mapping[int, int],
        images: dict[int, np.ndarray],
        clock: Clock,
    ) -> None:
        """Decode from a packet on until all wanted frames are among the images."""
        size = sum(image.nbytes * uses[key] for key, image in images.items())
        left, to_image = set(wanted), ToUprightImage(self.path)
        for key, frame in self._decode(start, clock):
            to_image.note(frame)
            if key not in left or frame.is_corrupt:
                continue
            size += 3 * frame.width * frame.height * uses[key]
            self.limits.require(self.path, 'bytes', size)
            images[key] = to_image(frame)
            left.remove(key)
            if not left:
                break

    def _decode_all(self) -> Iterator[tuple[int, av.VideoFrame]]:
        share = 1 + len(self._packets) // 1000
        return self._decode(0, self.limits.clock(self.path, share))

    def _decode(self, start: int, clock: Clock) -> Iterator[tuple[int, av.VideoFrame]]:
        """Frames with their keys, from a packet on."""
        for count, frame in enumerate(self._decode_packets(start, clock)):
            self.limits.require(self.path, 'frames', count + 1)
            yield (frame.pts if self._timed else count), frame

    def _decode_packets(self, start: int, clock: Clock) -> Iterator[av.VideoFrame]:
        if self._decoder.is_open:
            if self._access.is_spoiled(start, self._reached):
                self._decoder = read_packets(self.path, self._threads, self.limits).decoder
            else:
                self._decoder.flush_buffers()
        for number in range(start, len(self._packets)):
            packet, self._reached = self._packets[number], max(number, self._reached)
            try:
                with clock:
                    frames = self._decoder.decode(packet)
                yield from frames
            except av.FFmpegError:
                yield from self._decoder.decode(None)  # good frames, held back for their order
                raise
        with clock:
            frames = self._decoder.decode(None)
        yield from frames
