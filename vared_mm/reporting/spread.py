"""One figure over several seeds."""

from collections.abc import Sequence
from statistics import mean, stdev

from vared_mm.reporting.run_result import RunResult


def values_of(results: Sequence[RunResult], key: str) -> list[float]:
    """A metric of each record that has it."""
    return [value for result in results if (value := result.metrics.get(key)) is not None]


def spread(values: Sequence[float], digits: int) -> str | None:
    """Mean, ± the sample's standard deviation where there are several values; None of none."""
    if not values:
        return None
    text = f'{mean(values):.{digits}f}'
    return f'{text} ± {stdev(values):.{digits}f}' if len(values) > 1 else text
