"""The leaderboard as a folder of static pages, complete in itself."""

import shutil
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from vared_mm.reporting.charts import Point, curve, run_charts, scatter
from vared_mm.reporting.class_rows import class_rows
from vared_mm.reporting.confusion_chart import confusion_chart
from vared_mm.reporting.leaderboard import ACCURACY, Leaderboard, accuracy_key
from vared_mm.reporting.site_clips import copy_clips

ASSETS = ('style.css', 'site.js')
THESIS_ACCURACY = {'video1': 'video-1', 'frame_map_50': 'frame-mAP@0.5', 'clip1': 'clip-1'}


def build_site(board: Leaderboard, folder: str | Path) -> list[str]:
    """Write the pages anew: index, one a table, one a run. Everything is escaped.

    The folder needs no server and nothing from elsewhere.

    Args:
        board: what to show.
        folder: emptied first, if it holds a site.

    Returns:
        A line for each file that was left out, of the board's and of analyses.

    Raises:
        ValueError: if the folder holds something else.
    """
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / ASSETS[1]).is_file():
        raise ValueError(f'{folder}: holds other files than a site, which would be deleted')
    shutil.rmtree(folder, ignore_errors=True)
    (folder / 'runs').mkdir(parents=True)
    pages = Environment(
        loader=PackageLoader('vared_mm.reporting', 'site'),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ASSETS:
        shutil.copy(Path(__file__).parent / 'site' / name, folder / name)
    (folder / 'leaderboard.csv').write_text(board.csv(), 'utf-8', errors='replace')

    def write(page: str, template: str, **values: Any) -> None:
        up = '../' * page.count('/')
        text = pages.get_template(template).render(up=up, board=board, **values)
        (folder / page).write_text(text, 'utf-8', errors='replace')

    refused = list(board.refused)
    clips = {run.name: copy_clips(run, folder, refused) for run in board.runs}
    charts = [(title, Markup(svg)) for title, svg in overview_charts(board)]
    write('index.html', 'index.html', charts=charts, refused=refused)
    demos = {demo.name.removesuffix('-demo'): demo for demo in board.demos}
    for table in board.tables:
        chart = thesis_chart(board, table.name)
        values = {'table': table, 'demo': demos.get(table.name)}
        write(f'table-{table.name}.html', 'table.html', chart=chart and Markup(chart), **values)
    for run in board.runs:
        drawn = {k: Markup(v) for k, v in run_charts(run.result.profile or _EMPTY).items()}
        curves = [
            Markup(curve(points, name, 'epoch' if name.startswith(tuple(ACCURACY)) else 'step'))
            for name, points in run.result.curves.items()
            if len(points) > 1
        ]
        classes = []
        if confusion := run.result.confusion:
            classes = class_rows(confusion)
            drawn['confusion'] = Markup(confusion_chart(confusion, 'Classes taken for others'))
        shown = {'charts': drawn, 'classes': classes, 'curves': curves, 'clips': clips[run.name]}
        write(f'runs/{run.name}.html', 'run.html', run=run, **shown)
    return refused


_EMPTY: dict[str, Any] = {'histogram': {}, 'classes': [], 'bin_percent': 5}


def overview_charts(board: Leaderboard) -> list[tuple[str, str]]:
    """A scatter for each data set and measure that runs were tested with."""
    groups: dict[tuple[str, str], list[Point]] = {}
    for run in board.runs:
        key, macs = accuracy_key(run), run.result.metrics.get('cost/gflops/average')
        value = run.result.metrics.get(key) if key else None
        if key is None or macs is None or value is None:
            continue
        kind = ' (generated clips)' if run.result.generated_data else ''
        point = Point(run.name, macs, value, link=f'runs/{run.name}.html', run=run.name)
        groups.setdefault((run.result.dataset + kind, ACCURACY[key]), []).append(point)
    found = []
    for (data, measure), points in sorted(groups.items()):
        title = f'{measure} against cost on {data}'
        found.append((title, scatter(points, title, measure)))
    return found


def thesis_chart(board: Leaderboard, number: str) -> str | None:
    """The thesis' points of a table, and ours that stand in it; None where it has no accuracy."""
    rows = board.thesis[number]['rows']
    key = next((key for key in THESIS_ACCURACY if any(row.get(key) for row in rows)), None)
    points = [
        Point(_name_row(row), row['gflops'], row[key], 'thesis')
        for row in rows
        if key and row.get(key) is not None and row.get('gflops') is not None
    ]
    if not key or not points:
        return None
    measure = THESIS_ACCURACY[key]
    (table,) = (table for table in board.tables if table.name == number)
    metrics = {
        column.metric: i for i, column in enumerate(table.columns) if column.source == 'ours'
    }
    wanted = next(metric for metric, title in ACCURACY.items() if title == measure)
    for row in table.rows:
        macs, value = row[metrics['cost/thesis_gflops/average']], row[metrics[wanted]]
        if macs.value is not None and value.value is not None:
            points.append(Point(str(row[-1]), macs.value, value.value))
    return scatter(points, f'{measure} against cost, table {number}', measure)


def _name_row(row: dict[str, Any]) -> str:
    kind = ', dynamic' if row.get('dynamic') else ''
    frames = f', {row["frames"]} frames' if 'frames' in row else ''
    return f'thesis: {row.get("method", row["model"])}{frames}{kind}'
