"""Make the moving-shapes data set: small H.264 clips whose class is a shape and how it moves."""

import argparse

from vared_mm.cli import command, not_negative, one_line_errors, output_folder, positive
from vared_mm.datasets.synthetic import MovingShapes, make_moving_shapes


def parse_args() -> argparse.Namespace:
    """Folder, sizes, seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('out_dir', nargs='?', type=output_folder, default='data/moving_shapes')
    parser.add_argument('--train', type=positive, default=1600, help='clips (default: %(default)s)')
    parser.add_argument('--val', type=positive, default=384, help='clips (default: %(default)s)')
    parser.add_argument('--test', type=positive, default=480, help='clips (default: %(default)s)')
    parser.add_argument('--seed', type=not_negative, default=2026, help='of the drawing')
    size = (MovingShapes.width, MovingShapes.height)
    parser.add_argument('--size', type=positive, nargs=2, metavar=('WIDTH', 'HEIGHT'), default=size)
    parser.add_argument('--frames', type=positive, default=MovingShapes.frames, help='of a clip')
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
    main()
