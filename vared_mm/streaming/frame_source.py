"""Frames of a source, decoded in a thread of its own."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any

import av
import numpy as np

from vared_mm.datasets import VideoError
from vared_mm.datasets.orientation import ToUprightImage

from .opening import open_source

#: Attempts to open a lost source again, ever longer apart, before it is given up.
RETRIES = 8


@dataclass(frozen=True)
class StreamFrame:
    """One picture.

    Args:
        number: of it among all that were decoded, dropped ones too, from 0.
        image: uint8 (H, W, 3), RGB, upright.
    """

    number: int
    image: np.ndarray


class FrameSource:
    """Frames in order; of a live source the newest, for which older ones make room.

    It holds a few frames at most, however long the source lasts. What does not come in its own
    time, such as a file, waits instead. A live source that is lost is opened again.

    Args:
        source: as of :func:`open_source`.
        timeout: likewise, in seconds.
        held: frames decoded ahead.
        drops: whether frames make room; None: those of a live source.

    Raises:
        VideoError: while iterating, as of ``open_source``, or for a source that was lost.
    """

    def __init__(
        self, source: str, timeout: float = 5, held: int = 4, drops: bool | None = None
    ) -> None:
        self.source, self.timeout, self._held, self._drops = source, timeout, held, drops
        self.fps = 0.0  #: that the source promises; 0 if it does not
        self.dropped = 0  #: frames that made room
        self.reconnected = 0  #: times that it was opened again
        self._frames: deque[tuple[int, av.VideoFrame]] = deque()
        self._changed = Condition()
        self._number, self._ended, self._stopped = 0, False, False
        self._error: Exception | None = None
        self._to_image = ToUprightImage(source)
        self._thread = Thread(target=self._run, name='decoder', daemon=True)

    def __enter__(self) -> 'FrameSource':
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()
        self._thread.join(self.timeout + 1)

    def stop(self) -> None:
        """Let the thread end; frames that wait are lost."""
        with self._changed:
            self._stopped = True
            self._frames.clear()
            self._changed.notify_all()

    def __iter__(self) -> Iterator[StreamFrame]:
        """The frames, as long as there are any."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._ended or self._stopped)
                if not self._frames:
                    if self._error is not None:
                        raise self._error
                    return
                number, frame = self._frames.popleft()
                self._changed.notify_all()
            yield StreamFrame(number, self._to_image(frame))

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # it is raised where the frames are taken
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read(self) -> None:
        failures = 0
        while not self._stopped:
            before = self._number
            try:
                if self._read_once():
                    return
                error: Exception = VideoError(f'{self.source}: ended')
            except VideoError as lost:
                error = lost
            failures = 1 if self._number > before else failures + 1
            if self._number == 0 or failures > RETRIES:
                raise error
            self.reconnected += 1
            with self._changed:
                self._changed.wait_for(lambda: self._stopped, min(0.1 * 2**failures, 5))

    def _read_once(self) -> bool:
        """Decode until the source ends, or is stopped; whether that was its end."""
        container, live = open_source(self.source, self.timeout)
        drops = live if self._drops is None else self._drops
        try:
            with container:
                stream = container.streams.video[0]
                self.fps = float(stream.average_rate or 0)
                for frame in container.decode(stream):
                    self._to_image.note(frame)
                    if not self._put(frame, drops):
                        return True
        except av.error.ExitError:
            raise VideoError(f'{self.source}: nothing for {self.timeout:g} seconds') from None
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f'{self.source}: {error.strerror or error}') from error
        return not live

    def _put(self, frame: av.VideoFrame, drops: bool) -> bool:
        """Keep a frame; whether more are wanted."""
        with self._changed:
            if len(self._frames) >= self._held and drops:
                self._frames.popleft()
                self.dropped += 1
            self._changed.wait_for(lambda: len(self._frames) < self._held or self._stopped)
            if self._stopped:
                return False
            self._frames.append((self._number, frame))
            self._number += 1
            self._changed.notify_all()
            return True
