"""The methods that a demo compares, and their records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vared_mm.reporting.run_result import RunResult


@dataclass(frozen=True)
class DemoMethod:
    """One method of a demo.

    Args:
        name: as its config's name begins; of a model other than the demo's, with ``_`` and that
            model behind it. Its runs and records are named so.
        title: in tables.
        of_frames: takes single frames, not clips, so its speed and MACs are not those of clips.
        reported: has a row in the tables; others are steps towards one that has.
        control: is run only where several seeds are.
    """

    name: str
    title: str
    of_frames: bool = False
    reported: bool = True
    control: bool = False

    @property
    def is_dynamic(self) -> bool:
        """Whether it is VA-RED2."""
        return self.name.startswith('vared')


@dataclass(frozen=True)
class MethodRuns:
    """A method and its records.

    Args:
        method: of all of them.
        results: one a seed, in the same order of seeds for every method of a report.
    """

    method: DemoMethod
    results: Sequence[RunResult]


#: By the name of the method.
Runs = Mapping[str, MethodRuns]
