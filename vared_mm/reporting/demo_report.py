"""The demo's tables and what they say, all computed from the records of its runs."""

from collections.abc import Sequence
from statistics import mean

from vared_mm.reporting.demo_methods import Runs
from vared_mm.reporting.measured_on import measured_on
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.spread import spread, values_of
from vared_mm.reporting.table import render_table

ACCURACY = ('acc/clip-1', 'acc/video-1')
COST = tuple(f'cost/gflops/{which}' for which in ('average', 'maximum', 'minimum'))
COLUMNS = ('model', 'clip-1 %', 'video-1 %', 'GFLOPs avg', 'max', 'min', 'of static %')
SIZES = ('parameters', 'without gates', 'clips/s')
NOTE = (
    'GFLOPs as papers say: 1e9 multiply-accumulates of one view of the whole model, cheap '
    'operations and gates counted; average, maximum and minimum over all views of the test set.'
)
BUSY = '; the machine did other work meanwhile, so they may be too low.'
#: Names of methods.
STATIC, FINETUNED = 'static', 'vared-t2c2-finetuned'


def demo_report(runs: Runs, markdown: bool = False) -> str:
    """Everything that the demo has to say.

    Args:
        runs: by method; those of ``STATIC`` and ``FINETUNED`` must be there.
        markdown: for a page instead of a terminal.
    """
    static, finetuned = runs[STATIC].results, runs[FINETUNED].results
    parts = [demo_table(runs, markdown), describe_run(runs)]
    if len(static) > 1:
        parts += ['Every seed:', seed_table(runs, markdown)]
        parts += seed_statements(static, finetuned)
    for made in runs.values():
        if made.method.is_dynamic:
            parts.append(f'Cost by motion level, {made.method.title}:')
            parts.append(motion_table(made.results, markdown))
    parts.append(motion_statement(finetuned))
    return '\n\n'.join(parts) + '\n'


def describe_run(runs: Runs) -> str:
    """What was measured, on what and where."""
    where = measured_on(runs[STATIC].results[0], 'videos', made='generated clips')
    timed = [made.results[0].timing or {} for made in runs.values()]
    on_one = (
        ', by the CPU time of one thread' if any(one.get('threads') == 1 for one in timed) else ''
    )
    busy = any(one.get('busy') for one in timed)
    return (
        f'{NOTE}\n{where} Clips per second: the models of the first seed, accelerated, timed in '
        f'turn in one process{on_one}{BUSY if busy else "."}'
    )


def demo_table(runs: Runs, markdown: bool = False, counted: bool = False) -> str:
    """Accuracy, cost, size and speed of each method; mean ± spread where there are several seeds.

    Args:
        runs: by method.
        markdown: for a page instead of a terminal.
        counted: with a column that says how many seeds there are.
    """
    rows = []
    for made in runs.values():
        results = made.results
        shares = [100 * value for value in values_of(results, 'cost/share')]
        cells = [spread(values_of(results, key), 1) for key in ACCURACY]
        cells += [spread(values_of(results, key), 4) for key in COST]
        first = results[0]
        speed = [r.clips_per_second for r in results if r.clips_per_second is not None]
        sizes = [first.parameters, first.parameters_without_gates]
        seeds = [len(results)] if counted else []
        rows.append(
            [made.method.title, *cells, spread(shares, 1), *sizes, spread(speed, 0), *seeds]
        )
    return render_table([*COLUMNS, *SIZES, *['seeds'] * counted], rows, markdown)


def seed_table(runs: Runs, markdown: bool = False) -> str:
    """Every seed's own values."""
    rows = [
        [
            made.method.title,
            result.seed,
            *(result.metrics[key] for key in ACCURACY),
            f'{result.metrics[COST[0]]:.4f}',
            100 * (result.metrics['cost/share'] or 0),
        ]
        for made in runs.values()
        for result in made.results
    ]
    columns = ['model', 'seed', 'clip-1 %', 'video-1 %', 'GFLOPs avg', 'of static %']
    return render_table(columns, rows, markdown)


def motion_table(results: Sequence[RunResult], markdown: bool = False) -> str:
    """Executed cost by motion level, time and channel parts apart; the mean over the seeds."""
    rows = []
    for level in motion_levels(results[0]):
        group = f'cost/motion={level}'
        macs = spread(values_of(results, f'{group}/gflops/average'), 4)
        parts = [values_of(results, f'{group}/{part}') for part in ('share', 'time', 'channel')]
        rows.append([level, macs, *(spread([100 * v for v in values], 1) for values in parts)])
    columns = ['motion level', 'GFLOPs avg', 'of static %', 'time 1/R %', 'channels r %']
    return render_table(columns, rows, markdown)


def motion_levels(result: RunResult) -> list[str]:
    """The motion levels of a record, slowest first."""
    marks = [key.split('/')[1] for key in result.metrics if key.startswith('cost/motion=')]
    return sorted({mark.removeprefix('motion=') for mark in marks}, key=float)


def motion_statement(results: Sequence[RunResult], smallest: float = 0.01) -> str:
    """One sentence: whether still clips cost less in time than the fastest ones.

    Args:
        results: of one method, one a seed.
        smallest: difference of the share of frames computed that counts as one.
    """
    levels = motion_levels(results[0])
    still, fast = (
        values_of(results, f'cost/motion={level}/time') for level in (levels[0], levels[-1])
    )
    less = sum(f - s >= smallest for s, f in zip(still, fast, strict=True))
    of = f'in {less} of {len(results)} seeds' if len(results) > 1 else 'in this run'
    verdict = 'cost less in time' if less == len(results) else 'do not cost less in time'
    if 0 < less < len(results):
        verdict = 'cost less in time only in some seeds'
    return (
        f'Still clips {verdict} ({of}): {100 * mean(still):.1f} % of the frames are computed at '
        f'motion level {levels[0]}, {100 * mean(fast):.1f} % at level {levels[-1]} '
        f'(a difference below {100 * smallest:.0f} point does not count).'
    )


def seed_statements(static: Sequence[RunResult], finetuned: Sequence[RunResult]) -> list[str]:
    """Per seed: is the finetuned model within 1 point of static at 20 % fewer MACs or more?"""
    lines = []
    for base, ours in zip(static, finetuned, strict=True):
        gains = [(ours.metrics[key] or 0) - (base.metrics[key] or 0) for key in ACCURACY]
        share = ours.metrics['cost/share'] or 0
        passed = min(gains) >= -1 and share <= 0.8
        lines.append(
            f'seed {ours.seed}: {"PASS" if passed else "FAIL"}: clip-1 {gains[0]:+.1f}, video-1 '
            f'{gains[1]:+.1f} points against static, at {100 * (1 - share):.1f} % fewer MACs '
            '(cheap operations and gates counted; asked: -1 point or better, 20 % or more)'
        )
    return lines
