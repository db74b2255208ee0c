"""Make the shape-scenes data set: small images, the class of each pixel a shape or a texture."""

import argparse

from vared_mm.cli import command, not_negative, one_line_errors, output_folder, positive
from vared_mm.datasets.synthetic import make_shape_scenes


def parse_args() -> argparse.Namespace:
    """Folder, sizes, seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('out_dir', nargs='?', type=output_folder, default='data/shape_scenes')
    parser.add_argument(
        '--train', type=positive, default=1600, help='images (default: %(default)s)'
    )
    parser.add_argument('--val', type=positive, default=200, help='images (default: %(default)s)')
    parser.add_argument('--test', type=positive, default=400, help='images (default: %(default)s)')
    parser.add_argument('--seed', type=not_negative, default=2026, help='of the drawing')
    parser.add_argument(
        '--workers', type=positive, default=2, help='processes (default: %(default)s)'
    )
    parser.add_argument('--overwrite', action='store_true', help='delete the set that is there')
    return parser.parse_args()


@command
def main() -> None:
    """Make what is not there."""
    args = parse_args()
    with one_line_errors():
        make_shape_scenes(
            args.out_dir,
            {'training': args.train, 'validation': args.val, 'testing': args.test},
            args.seed,
            workers=args.workers,
            progress=True,
            overwrite=args.overwrite,
        )
    print(f'\n{args.out_dir}: {args.train} + {args.val} + {args.test} images')


if __name__ == '__main__':
    main()
