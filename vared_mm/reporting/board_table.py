"""A table as every output needs it: Markdown, CSV and HTML are made from this one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from vared_mm.reporting.spread import spread
from vared_mm.reporting.table import NOT_MEASURED, render_table


@dataclass(frozen=True)
class Cell:
    """A text or the values of one or several runs.

    Args:
        text: where it is no number.
        values: of the runs; several are shown as mean ± the sample's standard deviation.
        digits: after the point.
        runs: names of the runs that it stands on.
    """

    text: str | None = None
    values: Sequence[float] = ()
    digits: int = 1
    runs: Sequence[str] = ()

    @property
    def value(self) -> float | None:
        """The mean, None where nothing was measured."""
        return mean(self.values) if self.values else None

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        return spread(self.values, self.digits) or NOT_MEASURED


@dataclass(frozen=True)
class Column:
    """Head of a column.

    Args:
        title: what stands in it.
        unit: of its numbers; empty for text.
        source: ``'thesis'``, ``'ours'`` or empty.
        metric: name of the metric, where it holds one.
    """

    title: str
    unit: str = ''
    source: str = ''
    metric: str = ''

    @property
    def heading(self) -> str:
        """Title with source and unit."""
        unit = f', {self.unit}' if self.unit else ''
        return f'{self.title}{unit}' + (f' ({self.source})' if self.source else '')


@dataclass(frozen=True)
class BoardTable:
    """One table of the leaderboard.

    Args:
        name: short, such as ``'4.1'``; used in files' names.
        title: above it.
        columns: heads.
        rows: cells, as many as columns.
        notes: below it, a sentence each.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=tuple)

    def markdown(self) -> str:
        """Heading, table, notes."""
        heads = [column.heading for column in self.columns]
        cells = [[str(cell).replace('|', '\\|') for cell in row] for row in self.rows]
        parts = [f'## {self.title}', render_table(heads, cells, markdown=True), *self.notes]
        return '\n\n'.join(parts)
