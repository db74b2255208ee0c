"""The localization demo: ``run_demo.py --task localization``, then a video with boxes.

``make demo-localization`` runs it.
"""

import argparse
import os
from pathlib import Path

import cv2
from experiments import Experiment
from run_demo import call_tool, parse_args, run_demo

from vared_mm.cli import command
from vared_mm.datasets.synthetic import write_video


def draw_video(args: argparse.Namespace, stage: Experiment) -> Path:
    """Encode the first test video, and let the demo tool find its actor."""
    first = Path(args.data_dir, 'testlist.txt').read_text().split(maxsplit=1)[0]
    frames = Path(args.data_dir, 'rgb-images', *Path(first).parts[1:-1])
    images = [cv2.imread(str(path))[..., ::-1] for path in sorted(frames.glob('*.png'))]
    clip, drawn = stage.folder / 'clip.mp4', stage.folder / 'boxes.mp4'
    write_video(clip, images, fps=12)
    labels = str(Path(args.data_dir, 'classes.txt'))
    words = [str(clip), os.path.relpath(stage.config), stage.checkpoint, '--label-map', labels]
    call_tool('demo.py', *words, '--device', 'cpu', '--out', str(drawn))
    return drawn


@command
def main() -> None:
    """Run what is not done, then draw with the last model of the first seed."""
    args = parse_args('localization')
    stages = run_demo(args)
    drawn = draw_video(args, stages['dynamic, finetuned'][0])
    print(f'\nBoxes of a test video: {drawn}')


if __name__ == '__main__':
    main()
