"""Write the lists of Moments-In-Time; report what is missing, duplicate or unreadable."""

import argparse
from pathlib import PurePath

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets.preparation import (
    Split,
    add_preparation_options,
    index_videos,
    read_moments,
    read_moments_categories,
    run_preparation,
)

#: Folder and annotation file of each split.
SPLITS = {'train': ('training', 'trainingSet.csv'), 'val': ('validation', 'validationSet.csv')}


def parse_args() -> argparse.Namespace:
    """Folders, splits, workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_preparation_options(parser, root='data/moments_in_time', out='data/moments_in_time')
    return parser.parse_args()


@command
def main() -> None:
    """Read annotations, look for video files and into them, write the lists."""
    args = parse_args()
    annotations = args.annotations or args.root
    with one_line_errors(ValueError, OSError):
        classes = read_moments_categories(annotations / 'moments_categories.txt')
        splits = {}
        for split in args.splits:
            folder, file = SPLITS[split]
            files = index_videos(args.root / folder, PurePath.as_posix)
            splits[split] = Split(read_moments(annotations / file, classes), files)
        run_preparation(args, splits, classes)


if __name__ == '__main__':
    main()
