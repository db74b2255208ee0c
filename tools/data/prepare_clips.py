"""Make a set of short clips, and its folds: ``python tools/data/prepare_clips.py ANNOTATIONS``."""

import argparse
from functools import partial
from pathlib import Path

from vared_mm.cli import command, one_line_errors, positive
from vared_mm.datasets.decoding_limits import VideoError
from vared_mm.datasets.preparation import Clip, ClipSet, shrink_video, write_fold_lists
from vared_mm.datasets.synthetic.set_folder import run_jobs


def parse_args() -> argparse.Namespace:
    """Annotations, originals, folders."""
    parser = argparse.ArgumentParser(description='Make a set of short clips, and its folds')
    parser.add_argument(
        'annotations',
        nargs='+',
        type=Path,
        help='folder with classes.txt and clips.csv, such as tools/data/tennis7; of several, whose '
        'clips are there already, one set with all their classes is made',
    )
    parser.add_argument('--originals', type=Path, help='folder that the authors distribute')
    parser.add_argument('--root', type=Path, help='of the set; default: data/<its name>')
    parser.add_argument('--workers', type=positive, default=2, help='processes')
    args = parser.parse_args()
    if args.originals and len(args.annotations) > 1:
        parser.error('--originals: of one set at a time')
    return args


def make_clip(originals: Path, clips: Path, clip: Clip) -> None:
    """Make one clip out of its original."""
    shrink_video(originals / clip.source, clips / clip.name, clip.frames)


@command
def main() -> None:
    """Make what is missing, then write the lists."""
    args = parse_args()
    with one_line_errors(ValueError, OSError, ModuleNotFoundError, VideoError):
        sets = [ClipSet.read(folder) for folder in args.annotations]
        name = sets[0].name if len(sets) == 1 else 'mix'
        root = args.root or Path('data', name)
        for each in sets:
            clips = (root if len(sets) == 1 else root.parent / each.name) / 'clips'
            missing = [clip for clip in each.clips if not (clips / clip.name).is_file()]
            if missing and args.originals is None:
                raise ValueError(
                    f'{clips / missing[0].name}: no such clip ({len(missing)} of '
                    f'{len(each.clips)} are missing); --originals DIR makes them'
                )
            for clip in missing:
                if not (args.originals / clip.source).is_file():
                    raise ValueError(f'{args.originals / clip.source}: no such file')
            run_jobs(partial(make_clip, args.originals, clips), missing, args.workers, True)
        folds = write_fold_lists(root, sets)
    for number, fold in enumerate(folds):
        print(f'fold {number}: {len(fold.train)} / {len(fold.val)} / {len(fold.test)} clips')
    print(f'train / val / test, in {root}')


if __name__ == '__main__':
    main()
