"""Write the lists of Mini-Kinetics-200, out of the videos of Kinetics-400."""

import argparse

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets.preparation import (
    Split,
    add_preparation_options,
    find_kinetics_csv,
    index_videos,
    read_class_list,
    read_kinetics,
    read_released_validation,
    run_preparation,
)


def parse_args() -> argparse.Namespace:
    """Folders, splits, workers, which validation videos."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_preparation_options(parser, root='data/kinetics400', out='data/mini_kinetics200')
    parser.add_argument(
        '--validation',
        choices=['released', 'csv'],
        default='released',
        help="videos of val.txt: the 9,867 that were released, or all that Kinetics-400's CSV file "
        'has of the 200 classes (default: %(default)s)',
    )
    return parser.parse_args()


@command
def main() -> None:
    """Read annotations, look for video files and into them, write the lists."""
    args = parse_args()
    folder = args.annotations or args.root / 'annotations'
    classes = read_class_list('mini_kinetics200')
    with one_line_errors(ValueError, OSError):
        splits = {}
        files = index_videos(args.root, lambda path: path.stem)
        for split in args.splits:
            if split == 'val' and args.validation == 'released':
                annotations = read_released_validation()
            else:
                annotations = read_kinetics(find_kinetics_csv(folder, split), classes)
            splits[split] = Split(annotations, files)
        run_preparation(args, splits, classes)


if __name__ == '__main__':
    main()
