"""How much a video may ask of the machine that decodes it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from time import monotonic
from typing import NoReturn


class VideoError(ValueError):
    """A video file cannot be read or decoded; the message starts with its name."""


_MEANING = {
    'pixels': 'pixels a frame',
    'frames': 'frames',
    'seconds': 'seconds of decoding',
    'bytes': 'bytes of memory',
}


@dataclass(frozen=True)
class DecodingLimits:
    """Limits of one video, so that a small hostile file can't fill the memory or never end.

    Args:
        pixels: of a frame; the default just takes 8K (7680 x 4320).
        frames: of the video; the default takes 80 minutes at 60 a second.
        seconds: that opening may take, or one reading of frames; decoding a whole video may take so
            long for every 1,000 frames.
        bytes: of the compressed video, which is held in memory, and of the images of one reading.

    Raises:
        ValueError: naming a limit that is not above zero.
    """

    pixels: int = 2**25
    frames: int = 300_000
    seconds: float = 60
    bytes: int = 2**32

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not isinstance(value, int | float) or not value > 0:
                raise ValueError(f'limits.{name}={value!r}: must be a number above 0')

    @classmethod
    def of(cls, limits: Mapping[str, float] | None) -> 'DecodingLimits':
        """The limits that a config asks for, the rest as they are.

        Raises:
            ValueError: naming a key that is none.
        """
        unknown = set(limits or ()) - set(_MEANING)
        if unknown:
            known = ', '.join(_MEANING)
            raise ValueError(f'limits.{min(unknown)}: no such limit; there are {known}')
        return cls(**(limits or {}))

    def clock(self, path: str, share: float = 1) -> 'Clock':
        """What holds decoding to ``seconds``, or so many times that."""
        return Clock(self, path, share * self.seconds)

    def require(self, path: str, name: str, value: float) -> None:
        """Refuse a video that goes beyond a limit.

        Raises:
            VideoError: naming the file and the limit.
        """
        if value > getattr(self, name):
            self.refuse(path, name)

    def refuse(self, path: str, name: str) -> NoReturn:
        """Say which limit a video goes beyond.

        Raises:
            VideoError: always.
        """
        limit = getattr(self, name)
        raise VideoError(f'{path}: more than {limit:,} {_MEANING[name]} (limits.{name})')


class Clock:
    """Adds up the time of what is done ``with`` it, and refuses the video when it is too much.

    Args:
        limits: of the video.
        path: of the video.
        seconds: that it may take.

    Raises:
        VideoError: when a step ends, if all of them took longer.
    """

    def __init__(self, limits: DecodingLimits, path: str, seconds: float) -> None:
        self.limits, self.path, self.left = limits, path, seconds

    def __enter__(self) -> None:
        self.began = monotonic()

    def __exit__(self, *raised: object) -> None:
        self.left -= monotonic() - self.began
        if self.left < 0:
            self.limits.refuse(self.path, 'seconds')


DEFAULT_LIMITS = DecodingLimits()
