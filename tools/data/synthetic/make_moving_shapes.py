"""Make the moving-shapes data set: small H.264 clips whose class is a shape and how it moves."""

import argparse
import sys

from vared_mm.datasets.synthetic import MovingShapes, make_moving_shapes


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('out_dir', nargs='?', default='data/moving_shapes')
    parser.add_argument('--train', type=int, default=1600, help='clips (default: %(default)s)')
    parser.add_argument('--val', type=int, default=384, help='clips (default: %(default)s)')
    parser.add_argument('--test', type=int, default=480, help='clips (default: %(default)s)')
    parser.add_argument('--seed', type=int, default=2026, help='of the drawing')
    size = (MovingShapes.width, MovingShapes.height)
    parser.add_argument('--size', type=int, nargs=2, metavar=('WIDTH', 'HEIGHT'), default=size)
    parser.add_argument('--frames', type=int, default=MovingShapes.frames, help='of a clip')
    parser.add_argument('--workers', type=int, default=2, help='processes (default: %(default)s)')
    parser.add_argument('--overwrite', action='store_true', help='delete the set that is there')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    make_moving_shapes(
        args.out_dir,
        {'train': args.train, 'val': args.val, 'test': args.test},
        args.seed,
        workers=args.workers,
        progress=True,
        overwrite=args.overwrite,
        width=args.size[0],
        height=args.size[1],
        frames=args.frames,
    )
    print(f'\n{args.out_dir}: {args.train} + {args.val} + {args.test} clips')


if __name__ == '__main__':
    try:
        main()
    except ValueError as error:
        sys.exit(str(error))
