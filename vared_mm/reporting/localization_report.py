"""The localization demo's tables and what they say, all computed from the records of its runs."""

from vared_mm.reporting.demo_methods import Runs
from vared_mm.reporting.demo_report import COST, STATIC
from vared_mm.reporting.measured_on import measured_on
from vared_mm.reporting.spread import spread, values_of
from vared_mm.reporting.table import render_table

SCORES = {
    'frame-mAP %': 'localization/frame_map',
    'recall %': 'localization/recall',
    'classification %': 'localization/classification',
    'video-mAP@0.5 %': 'localization/video_map@0.5',
    '@0.5:0.95': 'localization/video_map@0.5:0.95',
}
NOTE = (
    'Frame-mAP, recall and classification at an overlap of 0.5. GFLOPs as papers say: 1e9 '
    'multiply-accumulates of one clip through the whole model, cheap operations and gates counted; '
    'average, maximum and minimum over the test frames. Of backbone: MACs of the backbone, as a '
    'share of the static one.'
)
ASKED = 60.0  # frame-mAP that says a model has learned


def localization_report(runs: Runs, markdown: bool = False) -> str:
    """Everything that the demo has to say.

    Args:
        runs: by method; those of ``STATIC`` must be there.
        markdown: for a page instead of a terminal.
    """
    parts = [
        localization_table(runs, markdown),
        f'{NOTE}\n{measured_on(runs[STATIC].results[0], "frames")}',
    ]
    if len(runs[STATIC].results) > 1:
        parts += ['Every seed:', seed_table(runs, markdown)]
    parts += seed_statements(runs)
    return '\n\n'.join(parts) + '\n'


def localization_table(runs: Runs, markdown: bool = False) -> str:
    """Scores, cost and size of each method; mean ± spread where there are several seeds."""
    rows = []
    for made in runs.values():
        results = made.results
        cells = [spread(values_of(results, key), 1) for key in SCORES.values()]
        cells += [spread(values_of(results, key), 4) for key in COST]
        shares = [100 * value for value in values_of(results, 'cost/backbone_share')]
        sizes = [results[0].parameters, results[0].parameters_without_gates]
        rows.append([made.method.title, *cells, spread(shares, 1), *sizes])
    columns = ['model', *SCORES, 'GFLOPs avg', 'max', 'min', 'of backbone %']
    return render_table([*columns, 'parameters', 'without gates'], rows, markdown)


def seed_table(runs: Runs, markdown: bool = False) -> str:
    """Every seed's own values."""
    keys = (*SCORES.values(), 'cost/backbone_share')
    rows = []
    for made in runs.values():
        for result in made.results:
            *scores, share = (result.metrics[key] or 0 for key in keys)
            rows.append([made.method.title, result.seed, *scores, 100 * share])
    return render_table(['model', 'seed', *SCORES, 'of backbone %'], rows, markdown)


def seed_statements(runs: Runs) -> list[str]:
    """Per seed: does every model have the frame-mAP that is asked for?"""
    lines = []
    titles = [made.method.title for made in runs.values()]
    for seed in zip(*(made.results for made in runs.values()), strict=True):
        scores = [result.metrics[SCORES['frame-mAP %']] or 0 for result in seed]
        verdict = 'PASS' if min(scores) > ASKED else 'FAIL'
        each = ', '.join(f'{name} {s:.1f}' for name, s in zip(titles, scores, strict=True))
        lines.append(f'seed {seed[0].seed}: {verdict}: frame-mAP of {each} (asked: above {ASKED})')
    return lines
