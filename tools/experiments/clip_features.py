"""Motion and blur of every clip, which costs are compared with."""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from vared_mm.cli import output_file
from vared_mm.datasets import CachedOpen

from .configs import ROOT

COLUMNS = ('clip', 'difference', 'flow', 'sharpness')


def add_feature_options(parser: argparse.ArgumentParser) -> None:
    """Sets, and the file."""
    parser.add_argument('--sets', nargs='+', default=['hockey2', 'surv2', 'tennis7'])
    parser.add_argument('--data', type=Path, default=ROOT / 'data', help='folder of the sets')
    parser.add_argument(
        '--out', type=output_file, default=str(ROOT / 'results' / 'real' / 'clip_features.csv')
    )
    parser.set_defaults(run=describe_clips)


def describe(frames: list[np.ndarray]) -> tuple[float, float, float]:
    """What a clip's frames (H, W, 3), uint8, of 64 pixels' short side, show.

    Returns:
        Mean absolute difference of neighbouring frames, in grey levels; mean length of the optical
        flow from each fourth frame to the next (DIS, fast), in pixels; median over the frames of
        the variance of the Laplacian, which is low where a picture is blurred.
    """
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    pairs = list(zip(grey, grey[1:], strict=False))
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    moved = [np.linalg.norm(flow.calc(a, b, None), axis=2).mean() for a, b in pairs[::4]]
    differs = [float(cv2.absdiff(a, b).mean()) for a, b in pairs]
    sharp = [cv2.Laplacian(image, cv2.CV_64F).var() for image in grey[::4]]
    return float(np.mean(differs or [0])), float(np.mean(moved or [0])), float(np.median(sharp))


def describe_clips(args: argparse.Namespace) -> None:
    """Describe every clip, in the order of its name.

    Raises:
        ValueError, OSError: if there is no clip, or one can't be read.
    """
    opening = CachedOpen(str(args.data / 'frames'), short_side=64)
    rows = []
    for name in args.sets:
        folder = args.data / name / 'clips'
        found = sorted(folder.rglob('*.mp4'))
        if not found:
            raise ValueError(f'{folder}: holds no *.mp4')
        for path in found:
            video = opening.transform({'filename': str(path)})['video_reader']
            values = describe(video.read(range(len(video))))
            clip = f'{name}/{path.relative_to(folder).as_posix()}'
            rows.append([clip, *(f'{value:.4g}' for value in values)])
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    with Path(args.out).open('w', newline='') as file:
        csv.writer(file, lineterminator='\n').writerows([COLUMNS, *rows])
    print(f'{args.out}: {len(rows)} clips')
