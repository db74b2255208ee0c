"""What the tools that prepare a data set share."""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from vared_mm.datasets.preparation.build import Split, build_lists


def add_preparation_options(parser: argparse.ArgumentParser, root: str, out: str) -> None:
    """Add folders, workers and what to look for.

    Args:
        parser: of a tool.
        root: default folder of the videos.
        out: where the lists go by default; if the same as `root`, they follow it.
    """
    parser.add_argument('root', nargs='?', type=Path, default=root, help='folder of the videos')
    parser.add_argument(
        '--out',
        type=Path,
        default=None if out == root else out,
        help=f'folder of the lists (default: {"that of the videos" if out == root else out})',
    )
    parser.add_argument('--annotations', type=Path, help='folder of the annotation files')
    parser.add_argument(
        '--splits', nargs='+', choices=['train', 'val'], default=['train', 'val'], help='lists'
    )
    parser.add_argument('--workers', type=int, default=4, help='threads (default: %(default)s)')
    parser.add_argument(
        '--verify', action='store_true', help='decode every frame, not only the first of a video'
    )


def run_preparation(
    args: argparse.Namespace, splits: Mapping[str, Split], classes: Sequence[str]
) -> None:
    """Build the lists as the options say, and print what became of the videos.

    Raises:
        ValueError: as `build_lists`.
    """
    out = args.out or args.root
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=out):  # can it be written? Found out before videos are read
        pass
    reports = build_lists(args.root, out, splits, classes, workers=args.workers, verify=args.verify)
    for split, report in reports.items():
        print(report.describe(split))
    print(f'All names: {out / "report.json"}')
