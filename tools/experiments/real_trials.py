"""Trials of hyperparameters, on the validation part of fold 0 of mix, or of CamVid.

Each trial is a line of ``trials.csv``; those that are there are not made again. Nothing is tested.
"""

import argparse
import csv
import time
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from vared_mm.cli import output_folder
from vared_mm.reporting.curves import read_curves

from .configs import ROOT, find_config
from .forked import call_forked
from .real_experiment import variables
from .real_plan import BACKBONES, KINDS, config_name

COLUMNS = ('backbone', 'what', 'value', 'accuracy', 'share', 'seconds')
RATES = (0.01, 0.03, 0.1)
#: Of the gates' rate in finetuning, over that of the other weights.
GATE_RATES = (1, 3, 10)
#: How a block-wise network begins, and what it may learn beside: overrides of its configs.
BLOCKS: dict[str, list[str]] = {
    'static': [],
    'equal': ['model.backbone.start=equal'],
    'static-with-bias': ['model.backbone.bias=True'],
}
#: Share of the static MACs that a finetuned model has to reach, if one of the rates does.
ENOUGH = 0.8


def add_trial_options(parser: argparse.ArgumentParser) -> None:
    """Where weights and trials are."""
    parser.add_argument('--backbone', choices=BACKBONES, default=BACKBONES[0])
    parser.add_argument('--work-dir', type=output_folder, default=str(ROOT / 'work_dirs/real'))
    parser.add_argument(
        '--results', type=output_folder, default=str(ROOT / 'results' / 'real'), help='of the list'
    )
    parser.set_defaults(run=run_trials)


class Trials:
    """Trials of one backbone.

    Args:
        backbone: as configs are named.
        work: folder of the trials' trainings, and of the weights that all start from.
        file: the list of trials.
    """

    def __init__(self, backbone: str, work: Path, file: Path) -> None:
        self.backbone, self.work, self.file = backbone, work, file

    def folder(self, what: str, value: object) -> Path:
        """Of one trial's training."""
        return self.work / 'trials' / self.backbone / f'{what}-{value}'

    def run(
        self,
        what: str,
        value: object,
        prefix: str,
        start: str,
        options: Sequence[str] = (),
        **rates: object,
    ) -> dict:
        """Train and validate once, unless it is in the list.

        Args:
            what, value: name of the trial.
            prefix: of its config.
            start: weights.
            options: overrides of the config.
            rates: variables of the environment that the schedules read.
        """
        done = {(row['backbone'], row['what'], row['value']): row for row in self.rows()}
        if (found := done.get((self.backbone, what, str(value)))) is not None:
            return found
        folder, begun = self.folder(what, value), time.monotonic()
        folder.mkdir(parents=True, exist_ok=True)
        config = find_config(config_name(prefix, self.backbone)).relative_to(ROOT)
        words = ['tools/train.py', str(config), '--resume', '--work-dir', str(folder)]
        words += ['--cfg-options', f'load_from={start}', 'randomness.seed=0', *options]
        set_to = {name: str(rate) for name, rate in rates.items()}
        kind = KINDS[self.backbone]
        with variables(REAL_SET=kind.sets[0], REAL_FOLD='0', **set_to):
            failed = call_forked(words, folder / 'train.out', ROOT)
        curves = {} if failed else read_curves(folder)
        row = {
            'backbone': self.backbone,
            'what': what,
            'value': str(value),
            # Of images mIoU. NaN of a training that failed; its output says why.
            'accuracy': curves[kind.metric][-1][1] if curves else float('nan'),
            'share': curves['cost/share'][-1][1] if curves else float('nan'),
            'seconds': round(time.monotonic() - begun),
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.file.is_file()
        with self.file.open('a', newline='') as out:
            writer = csv.DictWriter(out, COLUMNS, lineterminator='\n')
            if is_new:
                writer.writeheader()
            writer.writerow(row)
        print(row, flush=True)
        return row

    def rows(self) -> list[dict[str, str]]:
        """The list."""
        if not self.file.is_file():
            return []
        with self.file.open(newline='') as file:
            return list(csv.DictReader(file))


def best(rows: Sequence[dict], enough: float = 1.0) -> dict:
    """The most accurate row of those that cost little enough; the cheapest, if none does.

    Raises:
        ValueError: if all of them failed.
    """
    rows = [row for row in rows if isfinite(float(row['accuracy']))]
    if not rows:
        raise ValueError('every trial failed')
    cheap = [row for row in rows if float(row['share']) <= enough]
    if not cheap:
        return min(rows, key=lambda row: float(row['share']))
    return max(cheap, key=lambda row: float(row['accuracy']))


def run_trials(args: argparse.Namespace) -> None:
    """Try the rate on the static network, then that of the gates in finetuning.

    Raises:
        OSError: if the weights that all start from are not there: the suite makes them.
        ValueError: if every trial fails.
    """
    work = Path(args.work_dir).absolute()
    trials = Trials(args.backbone, work, Path(args.results) / 'trials.csv')
    note = work / config_name('pretrain', args.backbone) / 'last_checkpoint'
    start = note.read_text().strip()
    rates = [trials.run('rate', r, 'static', start, REAL_RATE=r) for r in RATES]
    rate = float(best(rates)['value'])
    trials.run('without-pretraining', rate, 'static', 'None', REAL_RATE=rate)
    trials.run('dynamic', rate, 'vared-t2c2', start, REAL_RATE=rate)
    before = (trials.folder('dynamic', rate) / 'last_checkpoint').read_text().strip()
    finetuned, both = 'vared-t2c2-finetuned', dict(REAL_RATE=rate)
    gates = [
        trials.run('gate-rate', g, finetuned, before, REAL_GATE_RATE=g, **both) for g in GATE_RATES
    ]
    gate_rate = best(gates, ENOUGH)['value']
    print(f'REAL_RATE={rate} REAL_GATE_RATE={gate_rate}')
    both.update(REAL_GATE_RATE=gate_rate)
    blocks = []
    for name, options in BLOCKS.items():
        trials.run('block-start', name, 'vared-block-t2c2', start, options, **both)
        before = (trials.folder('block-start', name) / 'last_checkpoint').read_text().strip()
        tuned = 'vared-block-t2c2-finetuned'
        blocks.append(trials.run('block', name, tuned, before, options, **both))
    print(f'block-wise: {best(blocks, ENOUGH)["value"]}')
