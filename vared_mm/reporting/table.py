"""Tables, for a terminal and for Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any

from prettytable import PrettyTable, TableStyle

NOT_MEASURED = '–'


def format_value(value: Any, digits: int = 2) -> str:
    """A cell: numbers with thousands separated or rounded, None as a dash."""
    if value is None:
        return NOT_MEASURED
    if isinstance(value, float):
        return f'{value:.{digits}f}'
    return f'{value:,}' if isinstance(value, int) else str(value)


def render_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], markdown: bool = False, digits: int = 2
) -> str:
    """Rows as text, first column to the left, the others to the right.

    Raises:
        ValueError: if a row has another length than the header.
    """
    table = PrettyTable(list(columns))
    table.set_style(TableStyle.MARKDOWN if markdown else TableStyle.PLAIN_COLUMNS)
    if not markdown:
        table.left_padding_width, table.right_padding_width = 0, 3
    table.align = 'r'
    table.align[columns[0]] = 'l'
    for row in rows:
        table.add_row([format_value(cell, digits) for cell in row])
    text: str = table.get_string()
    return text if markdown else '\n'.join(line.rstrip() for line in text.splitlines())
