"""The demo: make clips, train, finetune, test, print the table. ``make demo`` runs it.

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
from dataclasses import replace
from pathlib import Path

from vared_mm.apis import (
    add_run_options,
    hash_config,
    load_config,
    one_line_errors,
)
from vared_mm.reporting import RunResult, demo_report, fill_block, rivals_report

ROOT = Path(__file__).resolve().parents[1]
CONFIG = 'configs/demo/{}_moving-shapes.py'
MODEL = 'r2plus1d-tiny'
DATA = 'data/moving_shapes'
STAGES = {  # title -> method, in the order of training
    'static': 'static',
    'static, constant mix': 'mix-t2c2',
    'dynamic, before the loss': 'vared-t2c2',
    'dynamic, finetuned': 'vared-t2c2-finetuned',
}
RIVALS = {  # likewise; those on the way to another are not in the table
    'static': 'static',
    'dynamic, before the loss': 'vared-t2c2',
    'dynamic, finetuned': 'vared-t2c2-finetuned',
    'weight pruning': 'pruning',
    'channel pruning': 'slim',
    'CGNet': 'cgnet',
    'frames: static': 'static_tsn-tiny',
    'frames: dynamic, before the loss': 'vared-t2c2_tsn-tiny',
    'frames: dynamic, finetuned': 'vared-t2c2-finetuned_tsn-tiny',
    'frames: AR-Net, networks': 'arnet-classifiers_ar-net-tiny',
    'frames: AR-Net, joint': 'arnet-joint_ar-net-tiny',
    'frames: AR-Net': 'arnet_ar-net-tiny',
}
ON_THE_WAY = ('before the loss', 'networks', 'joint')


def parse_args() -> argparse.Namespace:
    """All have defaults: without any, one seed and no control."""
    parser = argparse.ArgumentParser(description='Train, finetune, test and table the demo')
    parser.add_argument(
        '--seeds', type=int, nargs='+', help='several seeds, with the constant mix as a control'
    )
    parser.add_argument('--rivals', action='store_true', help='compare with other methods')
    parser.add_argument('--work-dir', default='work_dirs/demo', help='default: %(default)s')
    parser.add_argument('--data-dir', default=DATA, help='default: %(default)s')
    parser.add_argument('--clips', nargs=3, metavar=('TRAIN', 'VAL', 'TEST'), help='how many')
    parser.add_argument('--force', action='store_true', help='run finished stages again')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='of every stage: key=value')
    parser.add_argument(
        '--publish', action='store_true', help='put table and records into README.md and results/'
    )
    return parser.parse_args()


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
        self.config = CONFIG.format(method if '_' in method else f'{method}_{MODEL}')
        roots = [f'{x}_dataloader.dataset.data_root' for x in ('train', 'val', 'test')]
        data = [f'{root}={args.data_dir}' for root in roots if args.data_dir != DATA]
        self.options = [f'randomness.seed={seed}', *data, *args.cfg_options]
        parser = argparse.ArgumentParser()
        parser.add_argument('config')
        add_run_options(parser)
        self.cfg = load_config(parser.parse_args([self.config, '--cfg-options', *self.options]))

    @property
    def start(self) -> str | None:
        """The method whose checkpoint this one starts from, as its config says."""
        if not self.cfg.get('load_from'):
            return None
        before = Path(self.cfg.load_from).parent.name.removesuffix('_moving-shapes')
        return before.removesuffix(f'_{MODEL}')

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
        made: dict[str, Stage] = {}
        ran: set[str] = set()
        for title, method in (RIVALS if args.rivals else STAGES).items():
            if method.startswith('mix') and not args.seeds:
                continue
            stage = made[method] = Stage(args, method, seed)
            stage.claim(afresh=args.force or stage.start in ran)
            if not stage.record.is_file():
                stage.run(made[stage.start].checkpoint() if stage.start else None)
                ran.add(method)
            else:
                print(f'seed {seed}, {title}: done, skipped (--force runs it again)', flush=True)
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
    args.work_dir, args.data_dir = (
        os.path.relpath(folder, ROOT) for folder in (args.work_dir, args.data_dir)
    )
    os.chdir(ROOT)
    sizes = zip(('--train', '--val', '--test'), args.clips or (), strict=False)
    call('data/synthetic/make_moving_shapes.py', args.data_dir, *sum(sizes, ()))
    with one_line_errors():
        stages = run_stages(args)
        if args.rivals:
            stages = {k: made for k, made in stages.items() if not k.endswith(ON_THE_WAY)}
        for frames in (False, True):  # those that see frames take other inputs than clips
            group = [made[0] for k, made in stages.items() if k.startswith('frames') == frames]
            if group:
                time_models(group, Path(args.work_dir, 'speed.json'))
        runs = {title: [RunResult.load(s.record) for s in made] for title, made in stages.items()}
    name, report = ('rivals', rivals_report) if args.rivals else ('demo', demo_report)
    table = report(runs, markdown=True)
    Path(args.work_dir, 'rivals.md' if args.rivals else 'table.md').write_text(table)
    if args.publish:
        fill_block('README.md', name, table)
        Path('results/demo').mkdir(parents=True, exist_ok=True)
        for stage in sum(stages.values(), []):
            seed = stage.folder.parent.name
            shutil.copy(stage.record, f'results/demo/{stage.folder.name}_{seed}.json')
    print('\n' + report(runs))


if __name__ == '__main__':
    main()
