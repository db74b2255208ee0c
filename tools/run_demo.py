"""The demos: make data, train, finetune, test, print the table. ``make demo`` runs the first.

Every stage is a command that a user could type, printed before it runs. Finished stages are
skipped, a stopped one goes on from its last checkpoint.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from vared_mm.apis import (
    add_run_options,
    hash_config,
    load_config,
    one_line_errors,
)
from vared_mm.reporting import RunResult, demo_report, fill_block, segmentation_report

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Demo:
    """What one demo runs.

    Args:
        config: path of its configs, with a place for the method.
        data: folder of its data set, as the configs name it.
        maker: tool that makes it.
        stages: title -> method, in the order of training.
        report: makes the tables.
        name: of its folder in ``results`` and its block in the README.
        timed: whether the models are timed.
    """

    config: str
    data: str
    maker: str
    stages: dict[str, str]
    report: Callable[..., str]
    name: str
    timed: bool


DEMOS = {
    'recognition': Demo(
        config='configs/demo/{}_r2plus1d-tiny_moving-shapes.py',
        data='data/moving_shapes',
        maker='data/synthetic/make_moving_shapes.py',
        stages={
            'static': 'static',
            'static, constant mix': 'mix-t2c2',
            'dynamic, before the loss': 'vared-t2c2',
            'dynamic, finetuned': 'vared-t2c2-finetuned',
        },
        report=demo_report,
        name='demo',
        timed=True,
    ),
    'segmentation': Demo(
        config='configs/demo/{}_pspnet-tiny_shape-scenes.py',
        data='data/shape_scenes',
        maker='data/synthetic/make_shape_scenes.py',
        stages={
            'static': 'static',
            'dynamic, before the loss': 'vared-c2',
            'dynamic, finetuned': 'vared-c2-finetuned',
        },
        report=segmentation_report,
        name='demo_segmentation',
        timed=False,
    ),
}


def parse_args() -> argparse.Namespace:
    """All have defaults: without any, one seed and no control."""
    parser = argparse.ArgumentParser(description='Train, finetune, test and table a demo')
    parser.add_argument('--task', choices=DEMOS, default='recognition', help='which demo')
    parser.add_argument(
        '--seeds', type=int, nargs='+', help='several seeds, with the constant mix as a control'
    )
    parser.add_argument('--work-dir', help="default: the demo's own below work_dirs")
    parser.add_argument('--data-dir', help="default: the demo's own below data")
    parser.add_argument(
        '--clips', nargs=3, metavar=('TRAIN', 'VAL', 'TEST'), help='how many clips or images'
    )
    parser.add_argument('--force', action='store_true', help='run finished stages again')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='of every stage: key=value')
    parser.add_argument(
        '--publish', action='store_true', help='put table and records into README.md and results/'
    )
    args = parser.parse_args()
    demo = DEMOS[args.task]
    args.work_dir = os.path.relpath(args.work_dir or ROOT / 'work_dirs' / demo.name, ROOT)
    args.data_dir = os.path.relpath(args.data_dir or ROOT / demo.data, ROOT)
    return args


def call(tool: str, *words: str) -> None:
    """Print a command and run it; stop where it fails."""
    print(f'\n$ python tools/{tool} {shlex.join(words)}', flush=True)
    # Threads that spin while they wait slow everything down on a machine that is not idle.
    env = {'OMP_WAIT_POLICY': 'PASSIVE', **os.environ}
    status = subprocess.run([sys.executable, f'tools/{tool}', *words], env=env).returncode
    if status:
        raise SystemExit(status)


class Stage:
    """One method with one seed: its config, its commands, its record.

    Args:
        args: of the command line.
        method: part of the config's name.
        seed: of training.
    """

    def __init__(self, args: argparse.Namespace, method: str, seed: int) -> None:
        self.folder = Path(args.work_dir, f'seed{seed}', method)
        self.record = self.folder / 'result.json'
        demo = DEMOS[args.task]
        self.config = demo.config.format(method)
        roots = [f'{x}_dataloader.dataset.data_root' for x in ('train', 'val', 'test')]
        data = [f'{root}={args.data_dir}' for root in roots if args.data_dir != demo.data]
        self.options = [f'randomness.seed={seed}', *data, *args.cfg_options]
        parser = argparse.ArgumentParser()
        parser.add_argument('config')
        add_run_options(parser)
        self.cfg = load_config(parser.parse_args([self.config, '--cfg-options', *self.options]))

    def claim(self, afresh: bool) -> None:
        """Empty the folder, unless what it holds is of just this config and may be kept."""
        note, digest = self.folder / 'config_sha256', hash_config(self.cfg)
        if afresh or not note.is_file() or note.read_text() != digest:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            note.write_text(digest)

    def run(self, start: str | None) -> None:
        """Train (from the checkpoint ``start``) or go on training, and test."""
        common = ['--work-dir', str(self.folder), '--cfg-options', *self.options]
        resume = ['--resume'] if self.checkpoint() else []
        load = [f'load_from={start}'] if start and not resume else []
        call('train.py', self.config, *resume, *common, *load)
        call('test.py', self.config, self.checkpoint(), '--json', str(self.record), *common)

    def checkpoint(self) -> str:
        """The last one that training has written; empty before."""
        note = self.folder / 'last_checkpoint'
        return note.read_text().strip() if note.is_file() else ''


def run_stages(args: argparse.Namespace) -> dict[str, list[Stage]]:
    """Every stage of every seed; what starts from a stage that ran, runs too."""
    stages: dict[str, list[Stage]] = {}
    for seed in args.seeds or [0]:
        start, ran = '', False
        for title, method in DEMOS[args.task].stages.items():
            if method.startswith('mix') and not args.seeds:
                continue
            stage = Stage(args, method, seed)
            finetunes = method.endswith('finetuned')
            stage.claim(afresh=args.force or (finetunes and ran))
            ran = not stage.record.is_file()
            if ran:
                stage.run(start if finetunes else None)
            else:
                print(f'seed {seed}, {title}: done, skipped (--force runs it again)', flush=True)
            start = stage.checkpoint()
            stages.setdefault(title, []).append(stage)
    return stages


def time_models(stages: list[Stage], path: Path) -> None:
    """Time the models in turn in one process, and add that to their records."""
    pairs = sum(([stage.config, stage.checkpoint()] for stage in stages), [])
    call(
        'analysis_tools/compare_speed.py',
        *pairs,
        *('--json', str(path), '--cfg-options', *stages[0].options),
    )
    for stage, speed in zip(stages, json.loads(path.read_text()), strict=True):
        replace(RunResult.load(stage.record), clips_per_second=speed).save(stage.record)


def main() -> None:
    """Run what is not done, then time the models in turn and print the tables."""
    args = parse_args()
    demo = DEMOS[args.task]
    os.chdir(ROOT)
    sizes = zip(('--train', '--val', '--test'), args.clips or (), strict=False)
    call(demo.maker, args.data_dir, *sum(sizes, ()))
    with one_line_errors():
        stages = run_stages(args)
        if demo.timed:
            time_models([made[0] for made in stages.values()], Path(args.work_dir, 'speed.json'))
        runs = {title: [RunResult.load(s.record) for s in made] for title, made in stages.items()}
    table = demo.report(runs, markdown=True)
    Path(args.work_dir, 'table.md').write_text(table)
    if args.publish:
        fill_block('README.md', demo.name, table)
        results = Path('results', demo.name)
        results.mkdir(parents=True, exist_ok=True)
        for stage in sum(stages.values(), []):
            seed = stage.folder.parent.name
            shutil.copy(stage.record, results / f'{stage.folder.name}_{seed}.json')
    print('\n' + demo.report(runs))


if __name__ == '__main__':
    main()
