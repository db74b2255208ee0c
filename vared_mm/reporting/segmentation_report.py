"""The segmentation demo's tables and what they say, all computed from the records of its runs."""

from collections.abc import Mapping, Sequence
from statistics import mean

from vared_mm.reporting.measured_on import measured_on
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.spread import spread, values_of
from vared_mm.reporting.table import render_table

Runs = Mapping[str, Sequence[RunResult]]  # stage -> one record a seed

ACCURACY = ('mIoU', 'aAcc')
COST = tuple(f'cost/gflops/{which}' for which in ('average', 'maximum', 'minimum'))
CROP = tuple(key.replace('cost/', 'cost-64/', 1) for key in COST)
COLUMNS = ('model', 'mIoU %', 'pixels %', 'GFLOPs avg', 'max', 'min', 'crop: avg', 'max', 'min')
# Compared with the finetuned model: the static one that saw as many images.
STATIC, FINETUNED = 'static, trained as long', 'dynamic, finetuned'
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
        runs: stage -> its records, one a seed, in the same order of seeds everywhere.
        markdown: for a page instead of a terminal.
    """
    note = f'{NOTE}\n{measured_on(runs[STATIC][0], "images")}'
    parts = [segmentation_table(runs, markdown), note]
    if len(runs[STATIC]) > 1:
        parts += ['Every seed:', seed_table(runs, markdown)]
    parts += seed_statements(runs[STATIC], runs[FINETUNED])
    return '\n\n'.join(parts) + '\n'


def segmentation_table(runs: Runs, markdown: bool = False) -> str:
    """Accuracy, cost and size of each stage; mean ± spread where there are several seeds."""
    rows = []
    for stage, results in runs.items():
        cells = [spread(values_of(results, key), 1) for key in ACCURACY]
        cells += [spread(values_of(results, key), 4) for key in (*COST, *CROP)]
        shares = [100 * value for value in values_of(results, 'cost/backbone_share')]
        first = results[0]
        sizes = [first.parameters, first.parameters_without_gates]
        rows.append([stage, *cells, spread(shares, 1), *sizes])
    columns = unique([*COLUMNS, 'of backbone %', 'parameters', 'without gates'])
    return render_table(columns, rows, markdown)


def seed_table(runs: Runs, markdown: bool = False) -> str:
    """Every seed's own values."""
    keys = (*ACCURACY, 'cost/backbone_share')
    rows = []
    for stage, results in runs.items():
        for result in results:
            accuracy, pixels, share = (result.metrics[key] or 0 for key in keys)
            rows.append([stage, result.seed, accuracy, pixels, 100 * share])
    return render_table(['model', 'seed', 'mIoU %', 'pixels %', 'of backbone %'], rows, markdown)


def seed_statements(static: Sequence[RunResult], finetuned: Sequence[RunResult]) -> list[str]:
    """Is the finetuned model within 1 point of mIoU at 20 % fewer backbone MACs? Seeds, mean."""
    gains, shares, lines = [], [], []
    for base, ours in zip(static, finetuned, strict=True):
        gains.append((ours.metrics['mIoU'] or 0) - (base.metrics['mIoU'] or 0))
        shares.append(ours.metrics['cost/backbone_share'] or 0)
        lines.append(statement(f'seed {ours.seed}', gains[-1], shares[-1]))
    if len(gains) > 1:
        lines.append(statement(f'mean of {len(gains)} seeds', mean(gains), mean(shares)))
    return lines


def statement(of: str, gain: float, share: float) -> str:
    """One verdict.

    Args:
        of: whose.
        gain: in mIoU, points.
        share: of the static backbone's MACs.
    """
    return (
        f'{of}: {"PASS" if gain >= -1 and share <= 0.8 else "FAIL"}: mIoU {gain:+.1f} points '
        f'against {STATIC}, at {100 * (1 - share):.1f} % fewer backbone MACs (cheap operations and '
        'gates counted; asked: -1 point or better, 20 % or more)'
    )


def unique(columns: Sequence[str]) -> list[str]:
    """Names of columns; tables allow each once, so a repeated one gets a trailing space."""
    seen: list[str] = []
    for name in columns:
        seen.append(name + ' ' * seen.count(name))
    return seen
