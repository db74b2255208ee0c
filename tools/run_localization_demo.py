"""The localization demo: make frames, train a static and a dynamic YOWO, test, draw a video.

``make demo-localization`` runs it. Every stage is a command that a user could type; finished ones
are skipped.
"""

import argparse
import os
from pathlib import Path

import cv2
from run_demo import call_tool, data_options

from vared_mm.apis import ROOT, Stage, find_config, one_line_errors
from vared_mm.datasets.synthetic import write_video
from vared_mm.reporting import RunResult, render_table

DATA = 'data/acting_shapes'
METHODS = {
    'static': 'static_yowo-r2plus1d-tiny',
    'dynamic': 'vared-t2c2_yowo-r2plus1d-tiny',
}
COLUMNS = {
    'frame-mAP %': 'localization/frame_map',
    'recall %': 'localization/recall',
    'classification %': 'localization/classification',
    'video-mAP@0.5 %': 'localization/video_map@0.5',
    '@0.5:0.95': 'localization/video_map@0.5:0.95',
    'GFLOPs avg': 'cost/gflops/average',
    'max': 'cost/gflops/maximum',
    'min': 'cost/gflops/minimum',
}


def parse_args() -> argparse.Namespace:
    """All have defaults."""
    parser = argparse.ArgumentParser(description='Train, test and table the localization demo')
    parser.add_argument('--work-dir', default='work_dirs/demo_localization')
    parser.add_argument('--data-dir', default=DATA)
    parser.add_argument('--videos', nargs=2, metavar=('TRAIN', 'TEST'), help='how many')
    parser.add_argument('--seed', type=int, default=0, help='of training')
    parser.add_argument('--force', action='store_true', help='run finished stages again')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='of both stages: key=value')
    return parser.parse_args()


def run_stage(args: argparse.Namespace, method: str) -> Stage:
    """Train and test one model, unless that is done."""
    data = data_options(args.data_dir, DATA)
    options = [f'randomness.seed={args.seed}', *data, *args.cfg_options]
    folder = Path(args.work_dir, f'seed{args.seed}', method)
    stage = Stage(find_config(f'{method}_acting-shapes'), folder, options, logged=False)
    if stage.is_done() and not args.force:
        print(f'{method}: done, skipped (--force runs it again)', flush=True)
    else:
        stage.run(afresh=args.force)
    return stage


def draw_video(args: argparse.Namespace, stage: Stage) -> Path:
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


def main() -> None:
    """Run what is not done, print the table."""
    args = parse_args()
    args.work_dir, args.data_dir = (
        os.path.relpath(folder, ROOT) for folder in (args.work_dir, args.data_dir)
    )
    os.chdir(ROOT)
    sizes = zip(('--train', '--test'), args.videos or (), strict=False)
    call_tool('data/synthetic/make_acting_shapes.py', args.data_dir, *sum(sizes, ()))
    with one_line_errors():
        stages = {title: run_stage(args, method) for title, method in METHODS.items()}
        runs = {title: RunResult.load(stage.record) for title, stage in stages.items()}
        drawn = draw_video(args, stages['dynamic'])
    rows = [[name, *(run.metrics.get(k) for k in COLUMNS.values())] for name, run in runs.items()]
    print(f'\nBoxes of a test video: {drawn}')
    print('GFLOPs: 1e9 multiply-accumulates of one clip, cheap operations and gates counted.\n')
    print(render_table(['model', *COLUMNS], rows, digits=3))


if __name__ == '__main__':
    main()
