"""The numbers of the thesis, to put beside ours."""

import json
from pathlib import Path
from typing import Any

THESIS = Path(__file__).parents[2] / 'results' / 'thesis.json'


def read_tables(path: Path = THESIS) -> dict[str, dict[str, Any]]:
    """The thesis' tables by their numbers.

    Units as the file says: GFLOPs are 1e9 MACs, accuracies percent.

    Raises:
        FileNotFoundError: if that file is not there (it lies in the repository).
    """
    tables: dict[str, dict[str, Any]] = json.loads(path.read_text())['tables']
    return tables


def thesis_rows(config: str, path: Path = THESIS) -> list[dict[str, Any]]:
    """The thesis' rows that a config reproduces, each with the number of its ``table``.

    Args:
        config: name of a config, without folder and suffix.
        path: the file of the thesis' tables.

    Raises:
        FileNotFoundError: as of :func:`read_tables`.
    """
    return [
        {'table': number, **row}
        for number, table in read_tables(path).items()
        for row in table['rows']
        if row.get('config') == config
    ]
