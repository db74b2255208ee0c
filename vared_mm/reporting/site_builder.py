"""The leaderboard as a folder of static pages, complete in itself."""

import shutil
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from vared_mm.reporting.charts import curve, run_charts
from vared_mm.reporting.class_rows import class_rows
from vared_mm.reporting.confusion_chart import confusion_chart
from vared_mm.reporting.leaderboard import ACCURACY, Leaderboard
from vared_mm.reporting.overview import overview_charts, thesis_chart
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.site_clips import copy_clips

ASSETS = ('style.css', 'site.js')


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
    write('index.html', 'index.html', charts=overview_charts(board), refused=refused)
    demos = {demo.name.removesuffix('-demo'): demo for demo in board.demos}
    for table in board.tables:
        values = {'table': table, 'demo': demos.get(table.name)}
        chart = thesis_chart(board, table.name)
        write(f'table-{table.name}.html', 'table.html', chart=chart, **values)
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
            drawn['confusion'] = Markup(confusion_chart(confusion, 'Confusion matrix'))
        others = [
            other
            for other in board.runs
            if other is not run and _same_test(other.result, run.result)
        ]
        shown = {
            'others': others,
            'charts': drawn,
            'classes': classes,
            'curves': curves,
            'clips': clips[run.name],
        }
        write(f'runs/{run.name}.html', 'run.html', run=run, **shown)
    return refused


def _same_test(one: RunResult, other: RunResult) -> bool:
    """Whether two runs differ in seed or weights only."""
    return (one.config, one.dataset) == (other.config, other.dataset)


_EMPTY: dict[str, Any] = {'histogram': {}, 'classes': [], 'bin_percent': 5}
