"""The segmentation demo's tables and what they say, all computed from the records of its runs."""

from collections.abc import Sequence
from statistics import mean

from vared_mm.reporting.demo_methods import MethodRuns, Runs
from vared_mm.reporting.measured_on import measured_on
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.spread import spread, values_of
from vared_mm.reporting.table import render_table

ACCURACY = ('mIoU', 'aAcc')
COST = tuple(f'cost/gflops/{which}' for which in ('average', 'maximum', 'minimum'))
CROP = tuple(key.replace('cost/', 'cost-64/', 1) for key in COST)
COLUMNS = ('model', 'mIoU %', 'pixels %', 'GFLOPs avg', 'max', 'min', 'crop: avg', 'max', 'min')
# Compared with the finetuned model: the static one that saw as many images.
STATIC, FINETUNED = 'static-longer', 'vared-c2-finetuned'
NOTE = (
    'Pixels: share of the labelled pixels that are right. GFLOPs as papers say: 1e9 '
    'multiply-accumulates of one image through the whole model, cheap operations and gates '
    'counted; average, maximum and minimum over the test images at their own size, and of their '
    'central crops of 64 x 64. Of backbone: MACs of the backbone, as a share of the static one. '
    'The dynamic model starts from the static one; it is compared with that one trained on for as '
    'many iterations as the dynamic one has before and with the loss.'
)


def segmentation_report(runs: Runs, markdown: bool = False) -> str:
    """Everything that the demo has to say.

    Args:
        runs: by method; those of ``STATIC`` and ``FINETUNED`` must be there.
        markdown: for a page instead of a terminal.
    """
    note = f'{NOTE}\n{measured_on(runs[STATIC].results[0], "images")}'
    parts = [segmentation_table(runs, markdown), note]
    if len(runs[STATIC].results) > 1:
        parts += ['Every seed:', seed_table(runs, markdown)]
    parts += seed_statements(runs[STATIC], runs[FINETUNED].results)
    return '\n\n'.join(parts) + '\n'


def segmentation_table(runs: Runs, markdown: bool = False) -> str:
    """Accuracy, cost and size of each method; mean ± spread where there are several seeds."""
    rows = []
    for made in runs.values():
        results = made.results
        cells = [spread(values_of(results, key), 1) for key in ACCURACY]
        cells += [spread(values_of(results, key), 4) for key in (*COST, *CROP)]
        shares = [100 * value for value in values_of(results, 'cost/backbone_share')]
        first = results[0]
        sizes = [first.parameters, first.parameters_without_gates]
        rows.append([made.method.title, *cells, spread(shares, 1), *sizes])
    columns = unique([*COLUMNS, 'of backbone %', 'parameters', 'without gates'])
    return render_table(columns, rows, markdown)


def seed_table(runs: Runs, markdown: bool = False) -> str:
    """Every seed's own values."""
    keys = (*ACCURACY, 'cost/backbone_share')
    rows = []
    for made in runs.values():
        for result in made.results:
            accuracy, pixels, share = (result.metrics[key] or 0 for key in keys)
            rows.append([made.method.title, result.seed, accuracy, pixels, 100 * share])
    return render_table(['model', 'seed', 'mIoU %', 'pixels %', 'of backbone %'], rows, markdown)


def seed_statements(static: MethodRuns, finetuned: Sequence[RunResult]) -> list[str]:
    """Is the finetuned model within 1 point of mIoU at 20 % fewer backbone MACs? Seeds, mean."""
    gains, shares, lines = [], [], []
    for base, ours in zip(static.results, finetuned, strict=True):
        gains.append((ours.metrics['mIoU'] or 0) - (base.metrics['mIoU'] or 0))
        shares.append(ours.metrics['cost/backbone_share'] or 0)
        lines.append(statement(f'seed {ours.seed}', gains[-1], shares[-1], static.method.title))
    if len(gains) > 1:
        title = static.method.title
        lines.append(statement(f'mean of {len(gains)} seeds', mean(gains), mean(shares), title))
    return lines


def statement(of: str, gain: float, share: float, against: str) -> str:
    """One verdict.

    Args:
        of: whose.
        gain: in mIoU, points.
        share: of the static backbone's MACs.
        against: title of the static method.
    """
    return (
        f'{of}: {"PASS" if gain >= -1 and share <= 0.8 else "FAIL"}: mIoU {gain:+.1f} points '
        f'against {against}, at {100 * (1 - share):.1f} % fewer backbone MACs (cheap operations '
        'and gates counted; asked: -1 point or better, 20 % or more)'
    )


def unique(columns: Sequence[str]) -> list[str]:
    """Names of columns; tables allow each once, so a repeated one gets a trailing space."""
    seen: list[str] = []
    for name in columns:
        seen.append(name + ' ' * seen.count(name))
    return seen
