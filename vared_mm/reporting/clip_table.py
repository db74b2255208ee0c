"""Tables of methods on real clips: accuracy, its difference to another method, and cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vared_mm.reporting.clip_runs import ClipRun, Key, common_keys
from vared_mm.reporting.intervals import Interval, paired_interval
from vared_mm.reporting.table import NOT_MEASURED, render_table


@dataclass(frozen=True)
class MethodRow:
    """What a table says of one method.

    Args:
        title: of the method.
        runs: that there are.
        accuracy: percent, mean over the seeds of all folds' clips together.
        spread: standard deviation over seeds; None of a single one.
        macs: executed, mean over clips; None of no network.
        against: difference to the method that the table compares with, in points; None without
            common runs.
    """

    title: str
    runs: int
    accuracy: float
    spread: float | None
    macs: float | None
    against: Interval | None


def method_row(
    title: str,
    runs: Mapping[Key, ClipRun],
    other: Mapping[Key, ClipRun],
    subset: str | None = None,
) -> MethodRow:
    """One row.

    Args:
        title: of the method.
        runs: of the method.
        other: runs to compare with, on the same folds.
        subset: only clips of this set; None for all.

    Raises:
        ValueError: if two runs of one fold were not tested on the same clips.
    """
    seeds = sorted({seed for _, seed in runs})
    by_seed = [
        100 * np.concatenate([_of(runs[key], subset).right for key in sorted(runs) if key[1] == s])
        for s in seeds
    ]
    means = [float(values.mean()) for values in by_seed]
    spent = [run.macs for each in runs.values() if (run := _of(each, subset)).macs is not None]
    return MethodRow(
        title,
        len(runs),
        float(np.mean(means)),
        float(np.std(means, ddof=1)) if len(means) > 1 else None,
        float(np.concatenate(spent).mean()) if spent else None,
        difference(runs, other, subset),
    )


def difference(
    runs: Mapping[Key, ClipRun], other: Mapping[Key, ClipRun], subset: str | None = None
) -> Interval | None:
    """Accuracy of one method less that of another, in points, with its interval."""
    keys = common_keys([dict(runs), dict(other)])
    if not keys:
        return None
    rows: list[npt.NDArray[np.float64]] = []
    groups: list[str] = []
    for of_seed in keys:
        pairs = [(_of(runs[key], subset), _of(other[key], subset)) for key in of_seed]
        for (fold, seed), (one, two) in zip(of_seed, pairs, strict=True):
            if not np.array_equal(one.group, two.group):
                raise ValueError(f'fold {fold}, seed {seed}: tested on other clips')
        rows.append(100.0 * np.concatenate([1.0 * a.right - 1.0 * b.right for a, b in pairs]))
        groups = [group.decode() for a, _ in pairs for group in a.group]
    return paired_interval(np.stack(rows), groups)


def clip_table(rows: Sequence[MethodRow], static_macs: float, of: str) -> str:
    """Markdown of rows.

    Args:
        rows: in their order.
        static_macs: of the full network, which shares refer to.
        of: what the differences are to.
    """
    columns = ['method', 'runs', 'accuracy', f'against {of}', 'MMACs', 'share']
    return render_table(columns, [_cells(row, static_macs) for row in rows], markdown=True)


def _cells(row: MethodRow, static_macs: float) -> list[str]:
    spread = '' if row.spread is None else f' ± {row.spread:.1f}'
    cost = [NOT_MEASURED] * 2
    if row.macs is not None:
        cost = [f'{row.macs / 1e6:.1f}', f'{100 * row.macs / static_macs:.0f} %']
    accuracy = f'{row.accuracy:.1f}{spread}'
    return [row.title, str(row.runs), accuracy, say_interval(row.against), *cost]


def say_interval(interval: Interval | None) -> str:
    """Such as ``+1.2 (-0.3 to +2.6)``; a dash where there is none."""
    if interval is None:
        return NOT_MEASURED
    return f'{interval.mean:+.1f} ({interval.low:+.1f} to {interval.high:+.1f})'


def _of(run: ClipRun, subset: str | None) -> ClipRun:
    """The part of a run that is of one set."""
    if subset is None:
        return run
    here = run.subset == subset.encode()
    return ClipRun(
        run.result,
        run.right[here],
        None if run.macs is None else run.macs[here],
        run.group[here],
        run.subset[here],
        tuple(clip for clip, part in zip(run.clip, here, strict=False) if part),
        None if run.temporal is None else run.temporal[here],
        None if run.channel is None else run.channel[here],
        None if run.label is None else run.label[here],
    )
