"""Every row of the thesis' tables beside the range of cost of its config."""

from dataclasses import dataclass
from pathlib import Path

from vared_mm.reporting.table import render_table
from vared_mm.reporting.thesis import THESIS, read_tables

# The thesis prints three digits; its 27.7 of a model of 27.607 is the widest gap.
TOLERANCE = 5e-3


@dataclass(frozen=True)
class RowRange:
    """One row of the thesis, and the range of cost that its config has. GFLOPs are 1e9 MACs.

    Args:
        table: its number, such as ``'4.1'``.
        row: its place in the table, from 1.
        model: as the thesis' data names it.
        config: name of the config that reproduces it; None if there is none.
        thesis_gflops: average cost of a clip; None if the row has none.
        thesis_gflops_min: of the least clip, where the thesis tells.
        thesis_gflops_max: of the most expensive clip, where the thesis tells.
        static_gflops: of the config's static model, in the thesis' count.
        least_gflops: of the cheapest clip that is possible, in the thesis' count.
    """

    table: str
    row: int
    model: str
    config: str | None
    thesis_gflops: float | None
    thesis_gflops_min: float | None
    thesis_gflops_max: float | None
    static_gflops: float | None = None
    least_gflops: float | None = None

    @property
    def reachable(self) -> bool | None:
        """Whether every cost of the row is within the config's range, but for rounding."""
        named = (self.thesis_gflops, self.thesis_gflops_min, self.thesis_gflops_max)
        values = [value for value in named if value is not None]
        if self.static_gflops is None or self.least_gflops is None or not values:
            return None
        lowest, highest = (1 - TOLERANCE) * self.least_gflops, (1 + TOLERANCE) * self.static_gflops
        return lowest <= min(values) and max(values) <= highest


def thesis_tables(path: Path = THESIS) -> list[RowRange]:
    """All rows of the thesis, in its order; the range of their configs is left open.

    Raises:
        FileNotFoundError: as of :func:`vared_mm.reporting.thesis.read_tables`.
    """
    return [
        RowRange(
            table=number,
            row=place,
            model=row['model'],
            config=row.get('config'),
            thesis_gflops=row.get('gflops'),
            thesis_gflops_min=row.get('gflops_min'),
            thesis_gflops_max=row.get('gflops_max'),
        )
        for number, table in read_tables(path).items()
        for place, row in enumerate(table['rows'], 1)
    ]


def rows_table(rows: list[RowRange], markdown: bool = False) -> str:
    """The rows as a table."""
    columns = ('table', 'row', 'model', 'thesis', 'static', 'least', 'within', 'config')
    words = {True: 'yes', False: 'NO', None: None}
    cells = [
        (
            row.table,
            row.row,
            row.model,
            row.thesis_gflops,
            row.static_gflops,
            row.least_gflops,
            words[row.reachable],
            row.config,
        )
        for row in rows
    ]
    return render_table(columns, cells, markdown)
