"""The demos: make data, train, finetune, test, print the table. ``make demo`` runs the first.

Every stage is a command that a user could type, printed before it runs. Finished stages are
skipped, a stopped one resumes from its last checkpoint.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from experiments import ROOT, Experiment, call, find_config, starts_from
from experiments.demos import DEMOS, Demo

from vared_mm.cli import command, not_negative, one_line_errors, output_folder, positive
from vared_mm.reporting import RunResult, fill_block


def parse_args(task: str = 'recognition') -> argparse.Namespace:
    """All have defaults: without any, one seed and no control.

    Args:
        task: the default demo.
    """
    parser = argparse.ArgumentParser(description='Train, finetune, test and table a demo')
    parser.add_argument('--task', choices=DEMOS, default=task, help='which demo')
    parser.add_argument(
        '--seeds',
        type=not_negative,
        nargs='+',
        help='several seeds, with the constant mix as a control',
    )
    parser.add_argument(
        '--work-dir', type=output_folder, help="default: the demo's own below work_dirs"
    )
    parser.add_argument('--data-dir', type=output_folder, help="default: the demo's own below data")
    parser.add_argument(
        '--clips',
        type=positive,
        nargs='+',
        metavar='N',
        help='how many clips or images of each split',
    )
    parser.add_argument('--force', action='store_true', help='run finished stages again')
    parser.add_argument('--no-runs', action='store_true', help='train nothing: table what is done')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='of every stage: key=value')
    parser.add_argument(
        '--publish',
        action='store_true',
        help='put table and records into docs/results.md and results/',
    )
    args = parser.parse_args()
    demo = DEMOS[args.task]
    if args.clips and len(args.clips) != len(demo.splits):
        parser.error(f'--clips: give a number for each of {", ".join(demo.splits)}')
    args.work_dir = os.path.relpath(args.work_dir or ROOT / 'work_dirs' / demo.folder, ROOT)
    args.data_dir = os.path.relpath(args.data_dir or ROOT / demo.data, ROOT)
    return args


def call_tool(tool: str, *words: str) -> None:
    """Print a command and run it; stop where it fails."""
    if status := call([sys.executable, f'tools/{tool}', *words]):
        raise SystemExit(status)


def data_options(folder: str, default: str) -> list[str]:
    """Overrides of a config whose data lies in another folder than it says."""
    splits = ('train', 'val', 'test') if folder != default else ()
    return [f'{split}_dataloader.dataset.data_root={folder}' for split in splits]


def plan(args: argparse.Namespace, seed: int) -> dict[str, Experiment]:
    """The stages of a seed, by title; what others start from first.

    Raises:
        FileNotFoundError: if a config is missing.
    """
    demo = DEMOS[args.task]
    data = data_options(args.data_dir, demo.data)
    options = [f'randomness.seed={seed}', *data, *args.cfg_options]
    made: dict[str, Experiment] = {}  # by title
    named: dict[str, Experiment] = {}  # by config
    for title, method in demo.stages.items():
        if method.startswith('mix') and not args.seeds:
            continue
        name = demo.config_of(method)
        config, folder = find_config(name), Path(args.work_dir, f'seed{seed}', method)
        start = named.get(starts_from(config) or '')
        made[title] = named[name] = Experiment(config, folder, options, start, logged=False)
    return made


def run_stages(args: argparse.Namespace) -> dict[str, list[Experiment]]:
    """Every stage of every seed; what starts from a stage that ran, runs too.

    Raises:
        ValueError: if nothing is to run and one that every report needs is not done.
    """
    stages: dict[str, list[Experiment]] = {}
    for seed in args.seeds or [0]:
        for title, stage in plan(args, seed).items():
            if args.force or not stage.is_done():
                if args.no_runs:
                    continue
                stage.run(afresh=args.force)
            else:
                print(f'seed {seed}, {title}: done, skipped (--force runs it again)', flush=True)
            stages.setdefault(title, []).append(stage)
    for title in ('static', 'dynamic, finetuned'):
        if title not in stages:
            raise ValueError(f'{args.work_dir}: {title}: not done in any seed')
    return stages


def say_missing(demo: Demo, titles: Iterable[str]) -> str:
    """A line that names what is in no table yet; nothing if all is."""
    missing = [
        title
        for title in demo.stages
        if title not in titles and not title.endswith(demo.on_the_way)
    ]
    return f'\nNot run yet: {", ".join(missing)}.\n' if missing else ''


def time_models(stages: list[Experiment], path: Path) -> None:
    """Time the models, accelerated, in turn in one process, and add that to their records."""
    pairs = sum(([os.path.relpath(s.config), s.checkpoint] for s in stages), [])
    options = ['--fast', '--rounds', '51', '--threads', '1', '--json', str(path)]
    options += ['--cfg-options', *stages[0].options]
    call_tool('analysis_tools/compare_speed.py', *pairs, *options)
    for stage, speed in zip(stages, json.loads(path.read_text()), strict=True):
        measured = speed['clips_per_second']
        replace(RunResult.load(stage.record), clips_per_second=measured).save(stage.record)


def run_demo(args: argparse.Namespace) -> dict[str, list[Experiment]]:
    """Run what is not done, then time the models in turn and print the tables."""
    demo = DEMOS[args.task]
    os.chdir(ROOT)
    with one_line_errors():  # of the options, before anything is made
        for stage in plan(args, 0).values():
            stage.digest()
    sizes = zip((f'--{split}' for split in demo.splits), map(str, args.clips or ()), strict=False)
    call_tool(demo.maker, args.data_dir, *sum(sizes, ()))
    with one_line_errors():
        stages = run_stages(args)
        if demo.on_the_way:
            stages = {k: made for k, made in stages.items() if not k.endswith(demo.on_the_way)}
        for frames in (False, True):  # those that see frames take other inputs than clips
            group = [made[0] for k, made in stages.items() if k.startswith('frames') == frames]
            if group and demo.timed:
                time_models(group, Path(args.work_dir, 'speed.json'))
        for stage in sum((made[1:] for made in stages.values()), []):  # timed apart, if at all
            replace(RunResult.load(stage.record), clips_per_second=None).save(stage.record)
        runs = {title: [RunResult.load(s.record) for s in made] for title, made in stages.items()}
    missing = say_missing(demo, runs) if args.no_runs else ''
    table = demo.report(runs, markdown=True) + missing
    Path(args.work_dir, 'rivals.md' if demo.name == 'rivals' else 'table.md').write_text(table)
    if args.publish:
        fill_block('docs/results.md', demo.name, table)
        results = Path('results', demo.name)
        results.mkdir(parents=True, exist_ok=True)
        for stage in sum(stages.values(), []):
            seed = stage.folder.parent.name
            shutil.copy(stage.record, results / f'{stage.folder.name}_{seed}.json')
    print('\n' + demo.report(runs) + missing)
    return stages


@command
def main() -> None:
    """Run the demo that the options name."""
    run_demo(parse_args())


if __name__ == '__main__':
    main()
