"""The thesis' tables beside ours: ``python tools/leaderboard.py rows``."""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mmengine.config import Config

from vared_mm.apis import model_cost, one_line_errors
from vared_mm.reporting import RowReach, rows_table, thesis_tables

ROOT = Path(__file__).resolve().parents[1]


def parse_args() -> argparse.Namespace:
    """One subcommand, with its options."""
    parser = argparse.ArgumentParser(description="The thesis' tables beside ours")
    commands = parser.add_subparsers(dest='command', required=True)
    rows = commands.add_parser('rows', help='every row: its config, and the range of its cost')
    rows.add_argument('--json', action='store_true', help='print JSON')
    rows.add_argument('--table', nargs='+', help='only these, such as 4.1 B.2')
    rows.set_defaults(run=print_rows)
    return parser.parse_args()


def find_config(name: str) -> Path:
    """The file of a config.

    Raises:
        FileNotFoundError: if there is none of that name.
    """
    found = sorted((ROOT / 'configs').rglob(f'{name}.py'))
    if not found:
        raise FileNotFoundError(f'results/thesis.json: no config of the name {name!r}')
    return found[0]


def with_range(rows: list[RowReach]) -> list[RowReach]:
    """The rows with the cost of their configs' models, each of which is built once."""
    ranges = {}
    for name in {row.config: None for row in rows if row.config}:
        cost = model_cost(Config.fromfile(find_config(name)))
        ranges[name] = cost.static / 1e9, cost.least_thesis / 1e9
    return [
        replace(row, static_gflops=ranges[row.config][0], least_gflops=ranges[row.config][1])
        if row.config
        else row
        for row in rows
    ]


def to_json(row: RowReach) -> dict[str, Any]:
    """A row with the path of its config, from the repository's root."""
    config = find_config(row.config).relative_to(ROOT).as_posix() if row.config else None
    return {**asdict(row), 'config': config, 'reachable': row.reachable}


def print_rows(args: argparse.Namespace) -> None:
    """Every row of the thesis with its config, and whether the config can cost that much."""
    rows = thesis_tables()
    if args.table:
        if unknown := set(args.table) - {row.table for row in rows}:
            raise ValueError(f'--table {min(unknown)}: the thesis has no such table')
        rows = [row for row in rows if row.table in args.table]
    rows = with_range(rows)
    if args.json:
        print(json.dumps([to_json(row) for row in rows], indent=1))
        return
    print(
        'GFLOPs as the thesis counts: 1e9 multiply-accumulates of one clip, gates and cheap\n'
        'operations left out. Static: our model computed in full; least: with every gate at its\n'
        'cheapest; within: the row lies between them.\n'
    )
    print(rows_table(rows))


def main() -> None:
    """Run the subcommand."""
    args = parse_args()
    with one_line_errors():
        args.run(args)


if __name__ == '__main__':
    main()
