"""The candidates that a dynamic convolution or a block chooses from, along time and channels."""

from dataclasses import dataclass


def _ceil_div(value: int, divisor: int) -> int:
    return -(-value // divisor)


def kept_channels(
    channels: int, candidates: int, groups: int = 1, multiple: int = 1
) -> tuple[int, ...]:
    """Channels that each candidate computes: ``ceil(r * channels)``, r = 1, 1/2, 1/4 ...

    A grouped convolution keeps whole groups, the first ``ceil(r * groups)``. Numbers are rounded
    up to a multiple, but not beyond all. Candidates that would keep as many as the one before are
    left out, so fewer than asked may come back.
    """
    units, size = (groups, channels // groups) if groups > 1 else (channels, 1)
    kept = [_ceil_div(units, 2**i) * size for i in range(candidates)]
    kept = [min(_ceil_div(k, multiple) * multiple, channels) for k in kept]
    return tuple(k for i, k in enumerate(kept) if i == 0 or k < kept[i - 1])


def kept_frames(frames: int, candidates: int) -> tuple[int, ...]:
    """Frames that each candidate computes: ``ceil(frames / R)``, R = 1, 2, 4 ... <= frames."""
    return tuple(_ceil_div(frames, 2**j) for j in range(candidates) if j == 0 or 2**j <= frames)


@dataclass(frozen=True)
class SearchSpace:
    """Numbers of candidates along both axes.

    Args:
        temporal: S_t, stride factors 1, 2, 4 ...; 1 switches the axis off.
        channel: S_c, keep ratios 1, 1/2, 1/4 ...; 1 switches the axis off.

    Raises:
        ValueError: if a number is not a positive integer.
    """

    temporal: int = 2
    channel: int = 2

    def __post_init__(self) -> None:
        for axis in ('temporal', 'channel'):
            candidates = getattr(self, axis)
            if not isinstance(candidates, int) or candidates < 1:
                raise ValueError(f'search space {axis}={candidates!r}: must be an integer >= 1')

    @property
    def axes(self) -> tuple[int, int]:
        """Numbers of candidates along time and along channels."""
        return self.temporal, self.channel

    def clipped(self, channels: int, frames: int, groups: int = 1) -> 'SearchSpace':
        """The part of this search space that a layer of this output can have."""
        return SearchSpace(
            temporal=len(kept_frames(frames, self.temporal)),
            channel=len(kept_channels(channels, self.channel, groups)),
        )


@dataclass(frozen=True)
class BlockSearchSpace:
    """Numbers of candidates of a block: along time, and along the channels of what is hidden in it.

    Args:
        temporal: S_t, as of :class:`SearchSpace`.
        channels: S_c of each hidden tensor.
    """

    temporal: int
    channels: tuple[int, ...]

    @property
    def axes(self) -> tuple[int, ...]:
        """Numbers of candidates along time and along each channel axis."""
        return self.temporal, *self.channels


Candidates = SearchSpace | BlockSearchSpace
