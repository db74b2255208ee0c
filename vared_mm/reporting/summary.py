"""The README's table: each task's static and dynamic model, from the records."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vared_mm.reporting.clip_runs import ClipRun, find_clip_runs
from vared_mm.reporting.clip_table import method_row
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.spread import spread, values_of
from vared_mm.reporting.table import render_table

COLUMNS = ('task, model', 'measure', 'static', 'dynamic', 'executed MACs, % of static', 'seeds')


@dataclass(frozen=True)
class Compared:
    """What one row of the summary compares.

    Args:
        title: of the row.
        folder: of the records, below ``results``.
        static: method of the static model, as the records' names begin.
        dynamic: method of the dynamic one.
        metric: of both, in percent.
        measure: what the metric is called.
    """

    title: str
    folder: str
    static: str
    dynamic: str
    metric: str
    measure: str


ROWS = (
    Compared(
        'Recognition, R(2+1)D', 'demo', 'static', 'vared-t2c2-finetuned', 'acc/video-1', 'video-1'
    ),
    Compared(
        'Segmentation, PSPNet',
        'demo_segmentation',
        'static-longer',
        'vared-c2-finetuned',
        'mIoU',
        'mIoU',
    ),
    Compared(
        'Localization, YOWO',
        'demo_localization',
        'static',
        'vared-t2c2-finetuned',
        'localization/frame_map',
        'frame-mAP@0.5',
    ),
)

FOLDS = 5
REAL = 'static_r2plus1d-small_real'
#: Dynamic models on real clips, by what the row adds to the title.
REAL_ROWS = {
    '': 'vared-t2c2-finetuned_r2plus1d-small_real',
    ', block-wise': 'vared-block-t2c2-finetuned_r2plus1d-small_real',
}


def summary_table(results: str | Path) -> str:
    """One row a task, in Markdown: accuracy of both models, and what the dynamic one executed.

    Args:
        results: folder with the demos' records.

    Raises:
        ValueError: if a row has no records, or a record can't be read.
    """
    rows = []
    for row in ROWS:
        static, dynamic = (
            _records(Path(results, row.folder), method) for method in (row.static, row.dynamic)
        )
        accuracy = [spread(values_of(runs, row.metric), 1) for runs in (static, dynamic)]
        shares = [100 * value for value in values_of(dynamic, 'cost/share')]
        rows.append([row.title, f'{row.measure}, %', *accuracy, spread(shares, 1), len(dynamic)])
    rows += _real_rows(Path(results, 'real', 'mix'))
    return render_table(COLUMNS, rows, markdown=True)


def _real_rows(folder: Path) -> Iterator[list[int | str | None]]:
    """Of seeds that every fold has been run with."""
    found = find_clip_runs(folder)
    for more, config in REAL_ROWS.items():
        both = [found.get(name, {}) for name in (REAL, config)]
        keys = set(both[0]) & set(both[1])
        seeds = [s for _, s in keys]
        keys = {(fold, seed) for fold, seed in keys if seeds.count(seed) == FOLDS}
        if not keys:
            continue
        static, dynamic = ({key: ClipRun.load(of[key]) for key in keys} for of in both)
        ours, theirs = method_row('', dynamic, static), method_row('', static, static)
        accuracy = [
            f'{row.score:.1f}' + (f' ± {row.spread:.1f}' if row.spread else '')
            for row in (theirs, ours)
        ]
        share = f'{100 * (ours.macs or 0) / (theirs.macs or 1):.1f}'
        title = f'Recognition, small R(2+1)D, real clips{more}'
        yield [title, 'accuracy, %', *accuracy, share, len({seed for _, seed in keys})]


def _records(folder: Path, method: str) -> list[RunResult]:
    """A method's records, by seed."""
    files = sorted(folder.glob(f'{method}_seed*.json'))
    if not files:
        raise ValueError(f'{folder}: no record of {method}')
    return [RunResult.load(file) for file in files]
