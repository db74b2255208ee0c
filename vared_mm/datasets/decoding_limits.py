"""How much a video may ask of the machine that decodes it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
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


DEFAULT_LIMITS = DecodingLimits()
