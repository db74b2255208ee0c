"""Write the lists of Kinetics-400; report what is missing, duplicate or unreadable."""

import argparse

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets.preparation import (
    Split,
    add_preparation_options,
    find_kinetics_csv,
    index_videos,
    read_class_list,
    read_kinetics,
    run_preparation,
)


def parse_args() -> argparse.Namespace:
    """Folders, splits, workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_preparation_options(parser, root='data/kinetics400', out='data/kinetics400')
    return parser.parse_args()


@command
def main() -> None:
    """Read annotations, look for video files and into them, write the lists."""
    args = parse_args()
    folder = args.annotations or args.root / 'annotations'
    classes = read_class_list('kinetics400')
    with one_line_errors(ValueError, OSError):
        found = {s: read_kinetics(find_kinetics_csv(folder, s), classes) for s in args.splits}
        files = index_videos(args.root, lambda path: path.stem)
        run_preparation(args, {s: Split(found[s], files) for s in args.splits}, classes)


if __name__ == '__main__':
    main()
