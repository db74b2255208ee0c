"""The thesis' tables beside ours: ``tools/leaderboard.py rows|costs|build|check|suite``."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from experiments import DEMO_PROFILE, ROOT, add_table_options, find_config
from experiments.real import run_real
from experiments.real_tables import PAGE, findings_page
from mmengine.config import Config

from vared_mm.apis import model_cost
from vared_mm.cli import command, one_line_errors, output_folder
from vared_mm.reporting import (
    Leaderboard,
    RecipeCost,
    RowRange,
    build_site,
    rows_table,
    summary_table,
    thesis_tables,
    with_block,
    write_index,
    write_recipe_costs,
)

FOLDERS = ['results', 'work_dirs']
OUT = 'work_dirs/leaderboard'


def parse_args() -> argparse.Namespace:
    """One subcommand, with its options."""
    parser = argparse.ArgumentParser(description="The thesis' tables beside ours")
    commands = parser.add_subparsers(dest='command', required=True)
    rows = commands.add_parser('rows', help='every row: its config, and the range of its cost')
    rows.add_argument('--json', action='store_true', help='print JSON')
    rows.add_argument('--table', nargs='+', help='only these, such as 4.1 B.2')
    rows.set_defaults(run=print_rows)
    build = commands.add_parser('build', help='tables, CSV, index and site, from records of runs')
    build.add_argument(
        'folders',
        nargs='*',
        default=FOLDERS,
        help='of records; default: results and work_dirs',
    )
    build.add_argument(
        '--out', type=output_folder, default=OUT, help='folder of the outputs; default: %(default)s'
    )
    build.add_argument(
        '--publish',
        action='store_true',
        help='write what is committed: docs/leaderboard.md, README.md, results/leaderboard.csv',
    )
    build.set_defaults(run=build_outputs)
    costs = commands.add_parser(
        'costs', help='compute what every row costs before training: results/recipe_costs.json'
    )
    costs.set_defaults(run=compute_costs)
    check = commands.add_parser('check', help='fail where a committed table differs from results/')
    check.set_defaults(run=check_committed)
    add_table_options(commands.add_parser('suite', help='run the recipes of tables, and test'))
    return parser.parse_args()


def with_range(rows: list[RowRange]) -> list[RowRange]:
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


def to_json(row: RowRange) -> dict[str, Any]:
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


def compute_costs(_args: argparse.Namespace) -> None:
    """Build every row's model without data, and write what it costs."""
    costs = {}
    for name in {row.config: None for row in thesis_tables() if row.config}:
        cost = model_cost(Config.fromfile(find_config(name)))
        sizes = cost.parameters, cost.parameters_without_gates
        costs[name] = RecipeCost(cost.static, cost.least_thesis, *sizes)
    write_recipe_costs(costs)
    print(f'written: results/recipe_costs.json, {len(costs)} recipes')


def build_outputs(args: argparse.Namespace) -> None:
    """Write everything that the records of some folders give."""
    board = Leaderboard.read(args.folders, DEMO_PROFILE)
    out = Path(args.out)
    refused = build_site(board, out / 'site')
    (out / 'leaderboard.md').write_text(board.markdown(), 'utf-8', errors='replace')
    (out / 'leaderboard.csv').write_text(board.csv(), 'utf-8', errors='replace')
    write_index(board.runs, out / 'runs.sqlite')
    for line in refused:
        print(line, file=sys.stderr)
    print(f'{len(board.runs)} run(s), {len(refused)} file(s) left out')
    print(f'open {out / "site" / "index.html"}')
    if args.publish:
        for path, text in committed_pages().items():
            path.write_text(text)
            print(f'written: {path.relative_to(ROOT)}')


def committed_pages() -> dict[Path, str]:
    """What stands in the repository, from the records in it."""
    board = Leaderboard.read([ROOT / 'results'], DEMO_PROFILE)
    if board.refused:
        raise ValueError(board.refused[0])
    return {
        PAGE: findings_page(ROOT / 'results' / 'real'),
        ROOT / 'docs' / 'leaderboard.md': board.markdown(),
        ROOT / 'results' / 'leaderboard.csv': board.csv(),
        ROOT / 'README.md': with_block(
            ROOT / 'README.md', 'summary', summary_table(ROOT / 'results')
        ),
    }


def check_committed(_args: argparse.Namespace) -> None:
    """Fail where a committed table is not what its records say."""
    wrong = []
    for path, text in committed_pages().items():
        found = path.read_text().splitlines() if path.is_file() else []
        for number, pair in enumerate(zip_longest(found, text.splitlines()), 1):
            if pair[0] != pair[1]:
                name = path.relative_to(ROOT)
                wrong.append(f'{name}, line {number}: {pair[0]!r} differs from results/')
                break
    if wrong:
        raise ValueError(f'{"; ".join(wrong)}: run tools/leaderboard.py build --publish')
    print('the committed tables agree with their records')


@command
def main() -> None:
    """Run the subcommand."""
    if sys.argv[1:3] == ['suite', 'real']:
        run_real(sys.argv[3:])
        return
    args = parse_args()
    with one_line_errors():
        args.run(args)


if __name__ == '__main__':
    main()
