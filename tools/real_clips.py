"""Beside the suite on real data: ``python tools/real_clips.py COMMAND``."""

import argparse

from experiments.clip_features import add_feature_options
from experiments.real_pictures import add_picture_options
from experiments.real_speed import add_speed_options
from experiments.real_tables import add_table_options
from experiments.real_trials import add_trial_options
from experiments.trivial import add_trivial_options

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets import VideoError


def parse_args() -> argparse.Namespace:
    """One subcommand, with its options."""
    parser = argparse.ArgumentParser(description='Beside the suite on real clips')
    commands = parser.add_subparsers(dest='command', required=True)
    for name, add, about in (
        ('trials', add_trial_options, 'try hyperparameters by validation clips'),
        ('trivial', add_trivial_options, 'linear models of colours and of movement'),
        ('features', add_feature_options, 'motion and blur of every clip'),
        ('speed', add_speed_options, 'clips per second of what the suite trained'),
        ('tables', add_table_options, 'tables of the records'),
        ('pictures', add_picture_options, 'pictures of the records'),
    ):
        add(commands.add_parser(name, help=about, description=about))
    return parser.parse_args()


@command
def main() -> None:
    """Run the subcommand."""
    args = parse_args()
    with one_line_errors(ValueError, OSError, ModuleNotFoundError, VideoError):
        args.run(args)


if __name__ == '__main__':
    main()
