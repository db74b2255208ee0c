"""Run a demo: make its data, train and test what is not done, time the models, print the tables."""

import argparse
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from vared_mm.cli import one_line_errors
from vared_mm.reporting import MethodRuns, RunResult, fill_block

from .configs import ROOT, find_config, starts_from
from .demos import DEMOS, Demo
from .experiment import Experiment
from .progress import CommandProgress, training_progress
from .tools import TRAINING_ENV

#: By the name of the method, one a seed.
Experiments = dict[str, list[Experiment]]


def run_demo(args: argparse.Namespace) -> Experiments:
    """Run what is not done, time the models in turn, print and keep the tables.

    Args:
        args: options of ``tools/run_demo.py``; folders from the checkout's root.

    Returns:
        What was run, now or before, of the methods that are reported.
    """
    demo = DEMOS[args.task]
    os.chdir(ROOT)
    with one_line_errors():
        for experiment in plan(args, 0).values():  # wrong options are refused first
            experiment.digest()
        with CommandProgress(Path(args.work_dir, 'demo.log')) as progress:
            progress.say(f'Log: {progress.log}')
            sizes = zip(demo.splits, args.clips or (), strict=False)
            words = [word for split, size in sizes for word in (f'--{split}', str(size))]
            make = [sys.executable, f'tools/{demo.maker}', args.data_dir, *words]
            progress.run('data set', make)
            experiments = run_experiments(args, progress)
            if demo.timed:
                time_demo(demo, experiments, Path(args.work_dir, 'speed.json'), progress)
    methods = {method.name: method for method in demo.methods}
    runs = {
        name: MethodRuns(methods[name], [RunResult.load(one.record) for one in made])
        for name, made in experiments.items()
    }
    missing = say_missing(demo, experiments) if args.no_runs else ''
    table = demo.report(runs, markdown=True) + missing
    Path(args.work_dir, demo.table).write_text(table)
    if args.publish:
        publish(demo, experiments, table)
    print('\n' + demo.report(runs) + missing)
    return experiments


def plan(args: argparse.Namespace, seed: int) -> dict[str, Experiment]:
    """The experiments of a seed, by method; what others start from first.

    Raises:
        FileNotFoundError: if a config is missing.
    """
    demo = DEMOS[args.task]
    splits = ('train', 'val', 'test') if args.data_dir != demo.data else ()
    data = [f'{split}_dataloader.dataset.data_root={args.data_dir}' for split in splits]
    options = [f'randomness.seed={seed}', *data, *args.cfg_options]
    made: dict[str, Experiment] = {}
    by_config: dict[str, Experiment] = {}
    for method in demo.methods:
        if method.control and not args.seeds:
            continue
        name = demo.config_of(method)
        config, folder = find_config(name), Path(args.work_dir, f'seed{seed}', method.name)
        start = by_config.get(starts_from(config) or '')
        made[method.name] = by_config[name] = Experiment(config, folder, options, start)
    return made


def run_experiments(args: argparse.Namespace, progress: CommandProgress) -> Experiments:
    """Every method with every seed; what starts from one that ran, runs too.

    Raises:
        ValueError: if one fails; if nothing is to run and one that the report needs is not done.
    """
    demo = DEMOS[args.task]
    methods = {method.name: method for method in demo.methods}
    found: Experiments = {}
    for seed in args.seeds or [0]:
        for name, experiment in plan(args, seed).items():
            title = f'{methods[name].title}, seed {seed}' if args.seeds else methods[name].title
            if not args.force and experiment.is_done():
                progress.say(f'{title}: done, skipped (--force runs it again)')
            elif args.no_runs:
                continue
            else:
                run_one(experiment, title, args.force, progress)
            if methods[name].reported:
                found.setdefault(name, []).append(experiment)
    for name in demo.needs:
        if name not in found:
            raise ValueError(f'{args.work_dir}: {methods[name].title}: not done in any seed')
    return found


def run_one(experiment: Experiment, title: str, afresh: bool, progress: CommandProgress) -> None:
    """Train and test, with a line each."""
    epochs = experiment.read_config().train_cfg.get('max_epochs')

    def launch(tool: str, command: list[str]) -> None:
        reader = training_progress(epochs if tool == 'train' else None)
        progress.run(f'{title}: {tool}', command, reader, TRAINING_ENV)

    experiment.run(afresh, launch)


def time_demo(demo: Demo, experiments: Experiments, path: Path, progress: CommandProgress) -> None:
    """Time the first seed's models, accelerated, in turn on one thread; put that in their records.

    Models of frames take other inputs than those of clips, and are timed apart.
    """
    for of_frames in (False, True):
        chosen = [m.name for m in demo.methods if m.of_frames == of_frames]
        group = [experiments[name][0] for name in chosen if name in experiments]
        if not group:
            continue
        tool = [sys.executable, 'tools/analysis_tools/compare_speed.py']
        pairs = [word for one in group for word in (os.path.relpath(one.config), one.checkpoint)]
        options = ['--fast', '--rounds', '51', '--threads', '1', '--json', str(path)]
        command = [*tool, *pairs, *options, '--cfg-options', *group[0].options]
        progress.run(f'clips per second{" of models of frames" if of_frames else ""}', command)
        for experiment, speed in zip(group, json.loads(path.read_text()), strict=True):
            timing = {key: speed[key] for key in ('threads', 'cpu_share', 'busy')}
            note_speed(experiment, speed['clips_per_second'], timing)
    for experiment in [one for made in experiments.values() for one in made[1:]]:
        note_speed(experiment, None, None)


def note_speed(experiment: Experiment, speed: float | None, timing: dict | None) -> None:
    """Write into an experiment's record how fast its model is; None: not timed."""
    record = RunResult.load(experiment.record)
    replace(record, clips_per_second=speed, timing=timing).save(experiment.record)


def say_missing(demo: Demo, experiments: Experiments) -> str:
    """A line that names what is in no table yet; nothing if all is."""
    missing = [m.title for m in demo.methods if m.reported and m.name not in experiments]
    return f'\nNot run yet: {", ".join(missing)}.\n' if missing else ''


def publish(demo: Demo, experiments: Experiments, table: str) -> None:
    """Write the table into docs/results.md, and copy the records into ``results``."""
    fill_block('docs/results.md', demo.name, table)
    results = Path('results', demo.name)
    results.mkdir(parents=True, exist_ok=True)
    for experiment in [one for made in experiments.values() for one in made]:
        seed = experiment.folder.parent.name
        shutil.copy(experiment.record, results / f'{experiment.folder.name}_{seed}.json')
