"""Write the label files and lists of J-HMDB-21 from its single ground-truth file."""

import argparse
from pathlib import Path

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets.localization import read_ground_truth, write_label_files


def parse_args() -> argparse.Namespace:
    """Folder, ground truth, split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('root', nargs='?', type=Path, default='data/jhmdb', help='folder')
    parser.add_argument(
        '--ground-truth', type=Path, help='the pickle (default: JHMDB-GT.pkl in the folder)'
    )
    parser.add_argument('--split', type=int, choices=(1, 2, 3), default=1)
    return parser.parse_args()


@command
def main() -> None:
    """Read both subsets before anything is written."""
    args = parse_args()
    with one_line_errors(ValueError, OSError):
        path = args.ground_truth or args.root / 'JHMDB-GT.pkl'
        found = {s: read_ground_truth(path, s, args.split) for s in ('train', 'test')}
        for subset, truth in found.items():
            list_file = args.root / f'{subset}list.txt'
            write_label_files(truth.frames, args.root, list_file)
            print(f'{list_file}: {len(truth.frames)} frames of {len(truth.sizes)} videos')


if __name__ == '__main__':
    main()
