"""The localization demo: ``run_demo.py --task localization``, then a video with boxes.

``make demo-localization`` runs it.
"""

import argparse
import os
import sys
from pathlib import Path

import cv2
from experiments import Experiment
from experiments.demo_runs import run_demo
from experiments.demos import FINETUNED
from experiments.progress import CommandProgress
from run_demo import parse_args

from vared_mm.cli import command, one_line_errors
from vared_mm.datasets.synthetic import write_video


def draw_video(args: argparse.Namespace, experiment: Experiment) -> Path:
    """Encode the first test video, and let the demo tool find its actor."""
    first = Path(args.data_dir, 'testlist.txt').read_text().split(maxsplit=1)[0]
    frames = Path(args.data_dir, 'rgb-images', *Path(first).parts[1:-1])
    images = [cv2.imread(str(path))[..., ::-1] for path in sorted(frames.glob('*.png'))]
    clip, drawn = experiment.folder / 'clip.mp4', experiment.folder / 'boxes.mp4'
    write_video(clip, images, fps=12)
    labels = str(Path(args.data_dir, 'classes.txt'))
    words = [str(clip), os.path.relpath(experiment.config), experiment.checkpoint]
    options = ['--label-map', labels, '--device', 'cpu', '--out', str(drawn)]
    with one_line_errors(), CommandProgress(Path(args.work_dir, 'demo.log')) as progress:
        progress.run('boxes', [sys.executable, 'tools/demo.py', *words, *options])
    return drawn


@command
def main() -> None:
    """Run what is not done, then draw with the last model of the first seed."""
    args = parse_args('localization')
    experiments = run_demo(args)
    drawn = draw_video(args, experiments[FINETUNED.name][0])
    print(f'\nBoxes of a test video: {drawn}')


if __name__ == '__main__':
    main()
