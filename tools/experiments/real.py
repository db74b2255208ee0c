"""Every method on sets of real clips and images: ``python tools/leaderboard.py suite real``."""

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mmengine.logging import MMLogger

from vared_mm.cli import not_negative, one_line_errors, output_folder

from .configs import ROOT, find_config, starts_from
from .forked import call_forked
from .real_experiment import RealExperiment
from .real_plan import (
    BACKBONES,
    CLIPS,
    DYNAMIC,
    FOLDS,
    IMAGES,
    METHODS,
    SEEDS,
    SETS,
    Run,
    config_name,
    plan,
)

WORK = ROOT / 'work_dirs' / 'real'
#: Controls that begin with another's choices, by their configs, less a budget.
DRAWN_FROM = {
    f'{drawn}-{kind.axes}': drawn for drawn in ('fixed', 'random') for kind in (CLIPS, IMAGES)
}
#: Overrides that give a method the cost of the dynamic model.
COST_OPTION = {
    'narrow': 'model.backbone.share={share}',
    'narrow-longer': 'model.backbone.share={share}',
    'slim': 'model.backbone.share={share}',
    'pruning': 'custom_hooks.1.target={macs}',
}
#: A network with weights pruned costs less than the static one, if only by so much.
MOST_OF_STATIC = 0.999
#: Seconds of a processor that an experiment takes where none of its kind has been measured yet.
GUESS = 150.0


def parse_args(words: Sequence[str]) -> argparse.Namespace:
    """What of the plan is to run, and where."""
    parser = argparse.ArgumentParser(
        prog='leaderboard.py suite real',
        description='Run all methods on sets of real clips and images',
    )
    parser.add_argument(
        '--sets', nargs='+', default=SETS, help='files of configs/_base_/datasets/real{,_images}'
    )
    parser.add_argument('--folds', nargs='+', type=not_negative, default=FOLDS)
    parser.add_argument('--seeds', nargs='+', type=not_negative, default=SEEDS)
    parser.add_argument('--backbones', nargs='+', choices=BACKBONES, default=BACKBONES)
    parser.add_argument('--methods', nargs='+', choices=METHODS, default=tuple(METHODS))
    parser.add_argument('--work-dir', type=output_folder, default=str(WORK))
    parser.add_argument(
        '--results', type=output_folder, default=str(ROOT / 'results' / 'real'), help='of records'
    )
    parser.add_argument('--cfg-options', nargs='+', default=[], help='of every config: key=value')
    parser.add_argument(
        '--dry-run', action='store_true', help='only say what would run, and how long'
    )
    args = parser.parse_args(words)
    if name := next((n for n in args.sets if not (CLIPS.has(n) or IMAGES.has(n))), None):
        parser.error(f'--sets {name}: no configs/_base_/datasets/real/{name}.py, nor of images')
    return args


@dataclass(frozen=True)
class Control:
    """A method that has the cost, or the choices, of a dynamic model.

    Args:
        method: key of :data:`DRAWN_FROM` or :data:`COST_OPTION`.
        like: the dynamic model.
    """

    method: str
    like: str

    @classmethod
    def of(cls, prefix: str) -> 'Control | None':
        """What a config is a control of; None if it is none."""
        for ending, like in DYNAMIC.items():
            method = prefix.removesuffix(ending)
            if prefix.endswith(ending) and (method in DRAWN_FROM or method in COST_OPTION):
                return cls(method, like)
        return None


class RunQueue:
    """The experiments of runs, each made once.

    Args:
        work: folder of all runs.
        results: folder of the records that are kept.
        options: overrides of every config.
    """

    def __init__(self, work: Path, results: Path, options: Sequence[str] = ()) -> None:
        self.work, self.results, self.options = work, results, tuple(options)

    def experiments(self, run: Run) -> list[RealExperiment]:
        """The experiments that end in a run's, in the order of running.

        Those that depend on the dynamic model's cost are as they would be now.

        Raises:
            FileNotFoundError: if the backbone has no config of the method.
        """
        return self._chain(run, METHODS[run.method])

    def _chain(self, run: Run, prefix: str) -> list[RealExperiment]:
        name = config_name(prefix, run.backbone)
        before: list[RealExperiment] = []
        if start := _start_of(name):
            before = self._chain(run, start.removesuffix(config_name('', run.backbone)))
        folder = self.work / run.data_set / f'fold{run.fold}' / f'seed{run.seed}'
        if 'pretrain' in prefix:
            folder = self.work / name
            return [RealExperiment(name, SETS[0], 0, 0, folder, options=self.options)]
        extra: dict = {'start': before[-1] if before else None, 'options': self.options}
        if (control := Control.of(prefix)) is not None:
            like = self._chain(run, control.like)
            choices = choices_folder(folder, control.like, run.backbone)
            if control.method in DRAWN_FROM:
                drawn = choices / f'{DRAWN_FROM[control.method]}.pth'
                extra.update(weights=drawn, start=like[-1])
            else:
                extra['options'] += _cost_options(COST_OPTION[control.method], choices)
            before = list(dict.fromkeys([*like, *before]))
        tested_only = prefix.startswith('shuffled')
        experiment = RealExperiment(
            name, run.data_set, run.fold, run.seed, folder / name, tested_only=tested_only, **extra
        )
        return [*before, experiment]

    def find_choices(self, run: Run, like: str, experiments: Sequence[RealExperiment]) -> None:
        """Look at a dynamic model's choices on the training clips, if that is not done."""
        name = config_name(like, run.backbone)
        dynamic = next(experiment for experiment in experiments if experiment.config == name)
        assert dynamic.start is not None
        folder = choices_folder(dynamic.folder.parent, like, run.backbone)
        note, digest = folder / 'of', Path(dynamic.checkpoint).stat().st_mtime_ns
        if note.is_file() and note.read_text() == str(digest):
            return
        folder.mkdir(parents=True, exist_ok=True)
        config = os.path.relpath(find_config(name), ROOT)
        words = [config, dynamic.checkpoint, '--start', dynamic.start.checkpoint]
        words += ['--out-dir', str(folder), '--work-dir', str(folder)]
        command = ['tools/analysis_tools/fix_choices.py', *words]
        command += ['--cfg-options', *dynamic.all_options]
        with dynamic.environment():
            status = call_forked(command, folder / 'choices.out', ROOT)
        if status:
            last = (folder / 'choices.out').read_text().strip().splitlines() or ['no output']
            raise ValueError(f'{folder}: fix_choices ended with {status}: {last[-1]}')
        note.write_text(str(digest))

    def run(self, run: Run) -> None:
        """Run what a run needs and is not done; publish the records.

        Raises:
            ValueError: if an experiment fails.
        """
        for place in range(len(self.experiments(run))):
            # Anew each time, as an experiment's cost may follow from the choices made before it.
            experiments = self.experiments(run)
            experiment = experiments[place]
            prefix = experiment.config.removesuffix(config_name('', run.backbone))
            if (control := Control.of(prefix)) is not None:
                self.find_choices(run, control.like, experiments[:place])
                experiment = self.experiments(run)[place]
            if not experiment.is_done():
                print(f'    {experiment.folder.relative_to(self.work)}', flush=True)
                experiment.run()
            if 'pretrain' not in experiment.config:
                experiment.publish(self.results)


@cache
def _start_of(config: str) -> str | None:
    return starts_from(find_config(config))


def choices_folder(of_seed: Path, like: str, backbone: str) -> Path:
    """Where the choices of a dynamic model on the training clips are."""
    return of_seed / f'choices_{config_name(like, backbone).removesuffix("_real")}'


def _cost_options(option: str, choices: Path) -> tuple[str, ...]:
    """Overrides that give a network the cost in ``choices.json``, once that is there."""
    file = choices / 'choices.json'
    if not file.is_file():
        return ()
    found = json.loads(file.read_text())
    # A model of which the gates have learnt little may execute more than the static one.
    share = min(round(found['backbone_share'], 3), 1.0)
    macs = round(min(found['mean_macs'], MOST_OF_STATIC * found['static_macs']))
    return (option.format(share=share, macs=macs),)


def print_plan(queue: RunQueue, runs: Sequence[Run]) -> None:
    """Say what is done, what is to run, and how long it takes by what has been measured."""
    experiments = {
        experiment.folder: experiment for run in runs for experiment in queue.experiments(run)
    }
    seconds: dict[str, list[float]] = defaultdict(list)
    for experiment in experiments.values():
        if experiment.seconds_file.is_file() and experiment.is_recorded():
            seconds[experiment.config].append(
                json.loads(experiment.seconds_file.read_text())['cpu']
            )
    measured = [value for values in seconds.values() for value in values]
    left = 0.0
    for experiment in experiments.values():
        known = seconds[experiment.config] or measured or [GUESS]
        done = experiment.is_recorded()
        left += 0 if done else sum(known) / len(known)
        place = experiment.folder.relative_to(queue.work)
        print(f'{"done  " if done else "to run"} {sum(known) / len(known):6.0f} s  {place}')
    done = sum(experiment.is_recorded() for experiment in experiments.values())
    print(
        f'{len(runs)} runs of {len(experiments)} experiments, {done} of them done; '
        f'{left / 3600:.1f} core-hours are left, by {len(measured)} measured experiments'
    )


def run_real(words: Sequence[str]) -> None:
    """Run what is not done; a failure does not stop what does not depend on it.

    Raises:
        ValueError: at the end, naming what failed.
    """
    args = parse_args(words)
    MMLogger.get_current_instance().setLevel('WARNING')  # of variables in each config that is read
    places = (Path(args.work_dir).absolute(), Path(args.results).absolute())
    queue = RunQueue(*places, args.cfg_options)
    with one_line_errors(ValueError, OSError):
        runs = []
        for run in plan(args.sets, args.folds, args.seeds, args.backbones, args.methods):
            if (ROOT / 'configs/real' / f'{run.config}.py').is_file():
                runs.append(run)
        if args.dry_run:
            print_plan(queue, runs)
            return
        begun, failed = time.monotonic(), []
        for number, run in enumerate(runs, 1):
            minutes = (time.monotonic() - begun) / 60
            print(
                f'[{number}/{len(runs)}] {minutes:.1f} min: {run.data_set}, fold {run.fold}, '
                f'seed {run.seed}, {run.backbone}, {run.method}',
                flush=True,
            )
            try:
                queue.run(run)
            except (ValueError, OSError) as error:
                print(f'  FAILED: {error}', flush=True)
                failed.append(f'{run.data_set} fold {run.fold} seed {run.seed} {run.config}')
        print(f'{len(runs) - len(failed)} of {len(runs)} done')
        if failed:
            raise ValueError(f'{len(failed)} failed: {"; ".join(failed)}')
