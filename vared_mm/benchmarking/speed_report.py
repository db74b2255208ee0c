"""Times and MACs of a dynamic model beside those of its static counterpart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .timer import Timing


@dataclass(frozen=True)
class SpeedReport:
    """What :func:`vared_mm.benchmarking.benchmark` measured.

    Args:
        timings: by name; ``static`` and ``dynamic`` are always there.
        peak_bytes: by name, memory that a call takes beyond what was held before; None if unknown.
        clips: in a call.
        static_macs: of the static model for one clip.
        executed_macs: of the dynamic model for one clip, median of the timed calls; cheap
            operations and gates counted.
    """

    timings: Mapping[str, Timing]
    peak_bytes: Mapping[str, int | None]
    clips: int
    static_macs: int
    executed_macs: float

    @property
    def speed_up(self) -> float:
        """Static over dynamic time, medians."""
        return self.timings['static'].median / self.timings['dynamic'].median

    @property
    def mac_ratio(self) -> float:
        """Static over executed MACs."""
        return self.static_macs / self.executed_macs

    @property
    def realised_share(self) -> float | None:
        """Part of what the MACs promise that the clock shows; None where nothing is promised."""
        promised = self.mac_ratio - 1
        return (self.speed_up - 1) / promised if promised > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """As it is written to JSON."""
        timings = {
            name: {**timing.to_dict(), 'peak_bytes': self.peak_bytes[name]}
            for name, timing in self.timings.items()
        }
        return {
            'timings': timings,
            'clips': self.clips,
            'static_macs': self.static_macs,
            'executed_macs': self.executed_macs,
            'speed_up': self.speed_up,
            'mac_ratio': self.mac_ratio,
            'realised_share': self.realised_share,
        }
