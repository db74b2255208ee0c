"""The demos: make data, train, finetune, test, print the table. ``make demo`` runs the first.

Each step is a command that a user could type, and has a line; a log, which is named first, holds
the commands and what they print. Finished runs are skipped, stopped ones resume from their last
checkpoint.
"""

import argparse
import os

from experiments import ROOT
from experiments.demo_runs import run_demo
from experiments.demos import DEMOS

from vared_mm.cli import command, not_negative, output_folder, positive


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
        help='number of clips or images of each split',
    )
    parser.add_argument('--force', action='store_true', help='run again what is finished')
    parser.add_argument('--no-runs', action='store_true', help='only make the tables')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='overrides: key=value')
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


@command
def main() -> None:
    """Run the demo that the options name."""
    run_demo(parse_args())


if __name__ == '__main__':
    main()
