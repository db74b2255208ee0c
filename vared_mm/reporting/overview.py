"""The site's charts of accuracy against cost: of all runs, and of each of the thesis' tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from vared_mm.reporting.leaderboard import ACCURACY, Leaderboard, accuracy_key
from vared_mm.reporting.methods import DYNAMIC, METHODS, ORDER, STATIC, TUNED, Method, method_of
from vared_mm.reporting.record_index import FoundRun
from vared_mm.reporting.scatter_chart import Point, legend, scatter

THESIS_ACCURACY = {'video1': 'video-1', 'frame_map_50': 'frame-mAP@0.5', 'clip1': 'clip-1'}
#: The thesis' names of methods and models that are not its own.
THESIS_METHODS = {'weight_pruning': 'pruning', 'cgnet': 'cgnet', 'ar_net': 'arnet'}
MACS = 'cost/gflops/average'


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Args:
        title: above it.
        svg: markup.
        methods: of its legend.
        sources: ``'ours'``, ``'thesis'``, or both.
    """

    title: str
    svg: Markup
    methods: Sequence[Method]
    sources: Sequence[str]

    @classmethod
    def draw(cls, points: Sequence[Point], title: str, measure: str) -> 'Chart':
        """Draw points, and gather what the legend has to explain."""
        sources = sorted({point.source for point in points})
        return cls(title, Markup(scatter(points, title, measure)), legend(points, ORDER), sources)


def overview_charts(board: Leaderboard) -> list[Chart]:
    """A scatter for each data set and measure; the runs of one config are one point."""
    charts: dict[tuple[str, str], dict[str, list[FoundRun]]] = {}
    for run in board.runs:
        key = accuracy_key(run)
        if key is None or run.result.metrics.get(MACS) is None:
            continue
        kind = ' (generated)' if run.result.generated_data else ''
        chart = charts.setdefault((run.result.dataset + kind, key), {})
        chart.setdefault(run.result.config, []).append(run)
    found = []
    for (data, key), configs in sorted(charts.items()):
        points = [_point_of(runs, key) for runs in configs.values()]
        measure = ACCURACY[key]
        found.append(Chart.draw(points, f'{measure} against cost on {data}', measure))
    return found


def _point_of(runs: Sequence[FoundRun], key: str) -> Point:
    """A config's runs, which differ in seed or weights."""
    config = runs[0].result.config
    method, model = method_of(config), config.split('_')[1:2]
    return Point(
        name=f'{method.title} ({config})',
        macs=[run.result.metrics[MACS] or 0.0 for run in runs],
        accuracy=[run.result.metrics[key] or 0.0 for run in runs],
        method=method,
        label=model[0] if model else '',
        link=f'runs/{runs[0].name}.html',
        runs=[run.name for run in runs],
    )


def thesis_chart(board: Leaderboard, number: str) -> Chart | None:
    """The thesis' points of a table, and ours that stand in it; None where it has no accuracy."""
    rows = board.thesis[number]['rows']
    key = next((key for key in THESIS_ACCURACY if any(row.get(key) for row in rows)), None)
    points = [
        Point(
            name=f'thesis: {_name_row(row)}',
            macs=[row['gflops']],
            accuracy=[row[key]],
            method=_thesis_method(row),
            source='thesis',
            label=_label_row(row),
        )
        for row in rows
        if key and row.get(key) is not None and row.get('gflops') is not None
    ]
    if not key or not points:
        return None
    measure = THESIS_ACCURACY[key]
    (table,) = (table for table in board.tables if table.name == number)
    ours = {column.metric: i for i, column in enumerate(table.columns) if column.source == 'ours'}
    wanted = next(metric for metric, title in ACCURACY.items() if title == measure)
    for row in table.rows:
        macs, value = row[ours['cost/thesis_gflops/average']], row[ours[wanted]]
        if macs.runs and value.runs:
            config = str(row[-1])
            link, method = f'runs/{value.runs[0]}.html', method_of(config)
            points.append(Point(config, macs.values, value.values, method, link=link))
    return Chart.draw(points, f'{measure} against cost, table {number}', measure)


def _thesis_method(row: dict[str, Any]) -> Method:
    for name in (row.get('method'), row['model']):
        if name in THESIS_METHODS:
            return METHODS[THESIS_METHODS[name]]
    dynamic = row.get('dynamic') or row.get('dynamic_temporal') or row.get('dynamic_channel')
    if row.get('efficiency_loss') is False:
        return DYNAMIC
    return TUNED if dynamic or row.get('efficiency_loss') else STATIC


def _label_row(row: dict[str, Any]) -> str:
    frames = f', {row["frames"]} frames' if 'frames' in row else ''
    return f'{row["model"]}{frames}'


def _name_row(row: dict[str, Any]) -> str:
    return f'{_label_row(row)}, {_thesis_method(row).title}'
