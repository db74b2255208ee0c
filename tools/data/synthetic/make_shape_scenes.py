"""Make the shape-scenes data set: small images, the class of each pixel a shape or a texture."""

import argparse
import sys

from vared_mm.datasets.synthetic import make_shape_scenes


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('out_dir', nargs='?', default='data/shape_scenes')
    parser.add_argument('--train', type=int, default=1600, help='images (default: %(default)s)')
    parser.add_argument('--val', type=int, default=200, help='images (default: %(default)s)')
    parser.add_argument('--test', type=int, default=400, help='images (default: %(default)s)')
    parser.add_argument('--seed', type=int, default=2026, help='of the drawing')
    parser.add_argument('--workers', type=int, default=2, help='processes (default: %(default)s)')
    parser.add_argument('--overwrite', action='store_true', help='delete the set that is there')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
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
    try:
        main()
    except ValueError as error:
        sys.exit(str(error))
