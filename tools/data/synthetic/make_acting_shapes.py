"""Make the acting-shapes data set: frames and boxes, laid out as J-HMDB-21 is, both ways."""

import argparse

from vared_mm.cli import command, not_negative, one_line_errors, output_folder, positive
from vared_mm.datasets.synthetic import make_acting_shapes


def parse_args() -> argparse.Namespace:
    """Folder, sizes, seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('out_dir', nargs='?', type=output_folder, default='data/acting_shapes')
    parser.add_argument('--train', type=positive, default=120, help='videos (default: %(default)s)')
    parser.add_argument('--test', type=positive, default=36, help='videos (default: %(default)s)')
    parser.add_argument('--seed', type=not_negative, default=2026, help='of the drawing')
    return parser.parse_args()


@command
def main() -> None:
    """Make what is not there."""
    args = parse_args()
    with one_line_errors():
        make_acting_shapes(args.out_dir, {'train': args.train, 'test': args.test}, args.seed)
    print(f'{args.out_dir}: {args.train} + {args.test} videos')


if __name__ == '__main__':
    main()
