"""The leaderboard: all tables and runs of one build, as pages of text."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vared_mm.reporting.board_table import BoardTable, Cell, Column
from vared_mm.reporting.record_index import FoundRun, find_runs
from vared_mm.reporting.thesis_board import demo_board, measured, read_tables, thesis_board

#: What counts as the accuracy of a run, the first that it has.
ACCURACY = {
    'acc/video-1': 'video-1',
    'localization/frame_map': 'frame-mAP@0.5',
    'segmentation/miou': 'mIoU',
    'mIoU': 'mIoU',
    'acc/clip-1': 'clip-1',
}
HEAD = (
    "# Leaderboard\n\nThe thesis' tables, its numbers beside ours. Written by `python "
    'tools/leaderboard.py build --publish` from `results/`; nothing in it is typed.'
)


@dataclass(frozen=True)
class Leaderboard:
    """Everything that is known of some runs.

    Args:
        runs: that could be read.
        refused: a line for each file that could not.
        tables: the thesis', ours beside.
        demos: the same tables on generated clips, where there is a profile.
        thesis: the thesis' tables as they were read.
    """

    runs: Sequence[FoundRun]
    refused: Sequence[str]
    tables: Sequence[BoardTable]
    demos: Sequence[BoardTable]
    thesis: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, folders: Sequence[str | Path], profile: Path | None) -> 'Leaderboard':
        """Gather the runs below some folders.

        Args:
            folders: with records.
            profile: JSON file of the demo profile; None shows no demo.

        Raises:
            ValueError: if the profile does not fit the thesis' tables.
        """
        runs, refused = find_runs(folders)
        runs.sort(key=lambda run: run.name)
        thesis = read_tables()
        configs = json.loads(profile.read_text())['tables'] if profile else {}
        demos = demo_board(thesis, configs, runs)
        return cls(runs, refused, thesis_board(thesis, runs), demos, thesis)

    def runs_table(self) -> BoardTable:
        """Every run, one a row."""
        heads = [
            *(Column(title) for title in ('run', 'data', 'seed')),
            Column('accuracy', '%', metric='accuracy'),
            Column('measure'),
            Column('GFLOPs', '1e9 MACs, all that runs', metric='cost/gflops/average'),
            Column('of static', '%', metric='cost/share'),
            Column('parameters', '1e6', metric='parameters'),
            Column('clips/s', metric='clips_per_second'),
        ]
        rows = []
        for run in self.runs:
            it, key = run.result, accuracy_key(run)
            data = it.dataset + (' (generated)' if it.generated_data else '')
            seed = '–' if it.seed is None else str(it.seed)
            speed = () if it.clips_per_second is None else (it.clips_per_second,)
            rows.append(
                [
                    Cell(it.config, runs=[run.name]),
                    Cell(data),
                    Cell(seed),
                    measured([run], key or '', 1),
                    Cell(ACCURACY[key] if key else '–'),
                    measured([run], 'cost/gflops/average', 4),
                    measured([run], 'cost/share', 1, factor=100),
                    Cell(values=(it.parameters / 1e6,), digits=3),
                    Cell(values=speed, digits=1),
                ]
            )
        return BoardTable('runs', 'All runs', heads, rows)

    def markdown(self) -> str:
        """The page of the documentation."""
        shown = [*self.tables, *(demo for demo in self.demos if _any_run(demo))]
        return '\n\n'.join([HEAD, *(table.markdown() for table in shown)]) + '\n'

    def csv(self) -> str:
        """One line a table's row and metric: ``table,row,model,metric,unit,thesis,ours,runs``."""
        out = io.StringIO()
        lines = csv.writer(out, lineterminator='\n')
        lines.writerow(['table', 'row', 'model', 'metric', 'unit', 'thesis', 'ours', 'runs'])
        for table in [*self.tables, *self.demos]:
            for place, row in enumerate(table.rows, 1):
                model = ', '.join(
                    f'{column.title}={cell.text}'
                    for column, cell in zip(table.columns, row, strict=True)
                    if cell.text not in (None, '–') and column.title != 'config'
                )
                cells: dict[str, dict[str, Cell]] = {}
                for column, cell in zip(table.columns, row, strict=True):
                    if column.metric:
                        cells.setdefault(column.metric, {})[column.source] = cell
                for metric, pair in cells.items():
                    ours, thesis = pair['ours'], pair.get('thesis', Cell())
                    unit = next(c.unit for c in table.columns if c.metric == metric)
                    values = [_plain(thesis), _plain(ours), len(ours.runs)]
                    lines.writerow([table.name, place, model, metric, unit, *values])
        return out.getvalue()


def accuracy_key(run: FoundRun) -> str | None:
    """The metric that counts as a run's accuracy."""
    return next((key for key in ACCURACY if run.result.metrics.get(key) is not None), None)


def _any_run(table: BoardTable) -> bool:
    return any(cell.runs for row in table.rows for cell in row)


def _plain(cell: Cell) -> str:
    return '' if cell.value is None else f'{cell.value:.{cell.digits}f}'
