"""Tables of methods on real clips or images: score, difference to another method, and cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vared_mm.reporting.clip_runs import ClipRun, Key, common_keys
from vared_mm.reporting.intervals import Interval, paired_interval
from vared_mm.reporting.scores import ACCURACY
from vared_mm.reporting.table import NOT_MEASURED, render_table


@dataclass(frozen=True)
class MethodRow:
    """What a table says of one method.

    Args:
        title: of the method.
        runs: that there are.
        score: percent, of all folds' clips together, mean over the seeds.
        of: title of the score.
        spread: standard deviation over seeds; None of a single one.
        macs: executed, mean over clips; None of no network.
        against: difference to the method that the table compares with, in points; None without
            common runs.
    """

    title: str
    runs: int
    score: float
    of: str
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
    score = next(iter(runs.values())).score
    seeds = sorted({seed for _, seed in runs})
    by_seed = [
        np.concatenate([runs[key].of(subset).counts for key in sorted(runs) if key[1] == seed])
        for seed in seeds
    ]
    means = [float(score.of(1.0 * counts.sum(axis=0))) for counts in by_seed]
    spent = [run.macs for each in runs.values() if (run := each.of(subset)).macs is not None]
    return MethodRow(
        title,
        len(runs),
        float(np.mean(means)),
        score.title,
        float(np.std(means, ddof=1)) if len(means) > 1 else None,
        float(np.concatenate(spent).mean()) if spent else None,
        difference(runs, other, subset),
    )


def difference(
    runs: Mapping[Key, ClipRun], other: Mapping[Key, ClipRun], subset: str | None = None
) -> Interval | None:
    """Score of one method less that of another, in points, with its interval."""
    keys = common_keys([dict(runs), dict(other)])
    if not keys:
        return None
    counts: list[tuple[npt.NDArray[np.integer[Any]], ...]] = []
    groups: list[str] = []
    for of_seed in keys:
        pairs = [(runs[key].of(subset), other[key].of(subset)) for key in of_seed]
        for (fold, seed), (one, two) in zip(of_seed, pairs, strict=True):
            if not np.array_equal(one.group, two.group):
                raise ValueError(f'fold {fold}, seed {seed}: tested on other clips')
        counts.append(
            tuple(np.concatenate([r.counts for r in of]) for of in zip(*pairs, strict=True))
        )
        groups = [group.decode() for one, _ in pairs for group in one.group]
    ours, theirs = (np.stack(of) for of in zip(*counts, strict=True))
    return paired_interval(ours, theirs, groups, next(iter(runs.values())).score)


def clip_table(
    rows: Sequence[MethodRow],
    static_macs: float,
    of: str,
    speeds: Mapping[str, float] | None = None,
) -> str:
    """Markdown of rows.

    Args:
        rows: in their order.
        static_macs: of the full network, which shares refer to.
        of: what the differences are to.
        speeds: clips a second, by a row's title; None leaves the column out.
    """
    score = rows[0].of if rows else ACCURACY.title
    columns = ['method', 'runs', score, f'against {of}', 'MMACs', 'share']
    cells = [_cells(row, static_macs) for row in rows]
    if speeds:
        columns.append('clips/s')
        for row, line in zip(rows, cells, strict=True):
            line.append(f'{speeds[row.title]:.0f}' if row.title in speeds else NOT_MEASURED)
    return render_table(columns, cells, markdown=True)


def _cells(row: MethodRow, static_macs: float) -> list[str]:
    spread = '' if row.spread is None else f' ± {row.spread:.1f}'
    cost = [NOT_MEASURED] * 2
    if row.macs is not None:
        cost = [f'{row.macs / 1e6:.1f}', f'{100 * row.macs / static_macs:.0f} %']
    score = f'{row.score:.1f}{spread}'
    return [row.title, str(row.runs), score, say_interval(row.against), *cost]


def say_interval(interval: Interval | None) -> str:
    """Such as ``+1.2 (-0.3 to +2.6)``; a dash where there is none."""
    if interval is None:
        return NOT_MEASURED
    return f'{interval.mean:+.1f} ({interval.low:+.1f} to {interval.high:+.1f})'
