"""All the recipes of some tables: what is done is skipped, what was stopped is resumed."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from vared_mm.cli import not_negative, output_folder, positive
from vared_mm.reporting import thesis_tables

from .configs import DEMO_PROFILE, ROOT
from .experiment import Experiment


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """Tables, profile, and how to run."""
    parser.add_argument('tables', nargs='+', metavar='TABLE', help='such as 4.1')
    parser.add_argument(
        '--profile',
        choices=('demo', 'full'),
        required=True,
        help="demo: small models on generated clips, full: the thesis' recipes on its data sets",
    )
    parser.add_argument(
        '--work-dir', type=output_folder, help='default: work_dirs/leaderboard/PROFILE'
    )
    parser.add_argument(
        '--gpus', type=not_negative, default=0, help='processes; default: one, no launcher'
    )
    parser.add_argument(
        '--jobs',
        type=positive,
        help='recipes at a time; default: 1, of the demo profile one for each core up to four',
    )
    parser.add_argument('--dry-run', action='store_true', help='list what would run')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='overrides: key=value')
    parser.set_defaults(run=run_tables)


def table_configs(number: str, profile: str) -> list[str | None]:
    """A config for each row of a table; None where there is none.

    Raises:
        ValueError: if the thesis has no such table, or the profile has not.
    """
    rows = [row for row in thesis_tables() if row.table == number]
    if not rows:
        raise ValueError(f'{number}: the thesis has no such table')
    if profile == 'full':
        return [row.config for row in rows]
    tables = json.loads(DEMO_PROFILE.read_text())['tables']
    if number not in tables:
        raise ValueError(f'{number}: no demo profile; there are: {", ".join(tables)}')
    found: list[str | None] = tables[number]
    if len(found) != len(rows):
        raise ValueError(f'{DEMO_PROFILE.name}: table {number} has {len(rows)} rows')
    return found


def plan(args: argparse.Namespace) -> list[Experiment]:
    """Experiments of all tables, each once, after what it starts from; says what is missing."""
    folder = Path(os.path.abspath(args.work_dir or ROOT / 'work_dirs/leaderboard' / args.profile))
    experiments: dict[Path, Experiment] = {}
    for number in args.tables:
        for place, name in enumerate(table_configs(number, args.profile), 1):
            try:
                if name is None:
                    raise FileNotFoundError('it has no config yet')
                for experiment in Experiment.chain(name, folder, args.cfg_options, args.gpus):
                    experiments.setdefault(experiment.config, experiment)
            except FileNotFoundError as error:
                print(f'table {number}, row {place}: skipped, {error}', flush=True)
    return list(experiments.values())


def make_clips(tables: Sequence[str]) -> None:
    """Make the generated data sets of the tables; those that are there are kept.

    Raises:
        ValueError: naming the tool, if one fails.
    """
    commands: dict[str, list[list[str]]] = json.loads(DEMO_PROFILE.read_text())['clips']
    wanted = {tuple(words): None for number in tables for words in commands.get(number, [])}
    for tool, *words in wanted:
        print(f'$ python tools/{tool} {" ".join(words)}', flush=True)
        if subprocess.run([sys.executable, f'tools/{tool}', *words], cwd=ROOT).returncode:
            raise ValueError(f'tools/{tool} failed')


def run_tables(args: argparse.Namespace) -> None:
    """Run what is not done, with a line of progress each; a failure does not stop the others.

    Raises:
        ValueError: at the end, naming every recipe that failed or could not start.
    """
    experiments = plan(args)
    if args.cfg_options:
        for experiment in experiments:  # wrong ones are refused before anything is made
            experiment.digest()
    if args.dry_run:
        for experiment in experiments:
            print(f'{"done   " if experiment.is_done() else "to run "} {experiment.config.stem}')
        return
    jobs = args.jobs or 1
    if args.profile == 'demo':
        make_clips(args.tables)
        jobs = args.jobs or min(os.cpu_count() or 1, 4)
    if jobs > 1:  # none waits for another while there are others to do
        experiments.sort(key=lambda experiment: len(experiment.before()))
    begun = time.monotonic()
    errors: dict[Path, Future[str | None]] = {}  # None: done
    with ThreadPoolExecutor(jobs) as pool:  # an experiment comes after the one that it starts from
        for number, experiment in enumerate(experiments, 1):
            place = f'{number}/{len(experiments)}'
            errors[experiment.config] = pool.submit(run_one, experiment, place, begun, errors)
    failed = [error for future in errors.values() if (error := future.result())]
    print(f'{len(experiments) - len(failed)} of {len(experiments)} done', flush=True)
    if failed:
        raise ValueError(f'{len(failed)} failed: {"; ".join(failed)}')


def run_one(
    experiment: Experiment, place: str, begun: float, errors: Mapping[Path, Future[str | None]]
) -> str | None:
    """Run an experiment that is not done; say why it failed.

    Args:
        experiment: to run.
        place: of it among all.
        begun: when all began, by the monotonic clock.
        errors: by config, of the experiments before; waited for, if this one starts from it.
    """
    try:
        if experiment.start and errors[experiment.start.config].result():
            raise ValueError(
                f'{experiment.config.stem}: {experiment.start.config.stem} has no weights'
            )
        line = f'[{place}] {(time.monotonic() - begun) / 60:.1f} min: {experiment.config.stem}'
        if experiment.is_done():
            print(f'{line}: done, skipped', flush=True)
            return None
        print(line, flush=True)
        experiment.run()
    except ValueError as error:
        print(f'  FAILED: {error}', flush=True)
        return str(error)
    look_at_clips(experiment)
    return None


def look_at_clips(experiment: Experiment) -> None:
    """Pictures of a dynamic recognizer's extreme clips for the site; a run without them counts."""
    tool = ['tools/visualizations/extreme_clips.py', str(experiment.config), experiment.checkpoint]
    words = [*tool, '--out-dir', str(experiment.folder / 'analysis')]
    words += ['--cfg-options', *experiment.options] if experiment.options else []
    with (experiment.folder / 'analysis.out').open('w') as out:
        subprocess.run([sys.executable, *words], cwd=ROOT, stdout=out, stderr=out)
