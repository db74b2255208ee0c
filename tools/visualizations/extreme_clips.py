"""The most and least expensive clips of classes, as figures 4-2, B-7 and B-8 of the thesis.

``python tools/visualizations/extreme_clips.py CONFIG CHECKPOINT`` writes extreme_clips.json, .png,
and each clip as an animated .webp and a still .png in extreme_clips/.
"""

import argparse
import json

from vared_mm.analysis import clip_costs
from vared_mm.cli import command, one_line_errors, positive
from vared_mm.cli.analysis import add_analysis_options, start_analysis
from vared_mm.visualization import draw_extremes, save_animation


@command
def main() -> None:
    """Run, draw, write."""
    parser = argparse.ArgumentParser(description='The most and least expensive clips')
    add_analysis_options(parser)
    parser.add_argument('--classes', type=positive, default=4, help='default: %(default)s')
    parser.add_argument(
        '--each', type=positive, default=1, help='pairs a class; default: %(default)s'
    )
    with one_line_errors():
        args = parser.parse_args()
        run = start_analysis(args)
        rows = clip_costs(run).extremes(args.classes, args.each)
        if not rows:
            raise ValueError(f'{run.name}: no class has {2 * args.each} clips here')
        folder = run.out_dir / 'extreme_clips'
        folder.mkdir(exist_ok=True)
        clips = {}
        for clip in (clip for row in rows for side in ('most', 'least') for clip in row[side]):
            frames = run.frames(clip['video'])
            stem = f'extreme_clips/{clip["video"].replace("/", "_")}'
            clip['animation'], clip['still'] = f'{stem}.webp', f'{stem}.png'
            save_animation(frames, run.out_dir / clip['animation'])
            save_animation(frames[:1], run.out_dir / clip['still'])
            clips[clip['video']] = frames
    found = {
        'config': run.name,
        'unit': "share of the dynamic convolutions' static MACs that was executed",
        'clips': len(run.dataset),
        'classes': rows,
    }
    (run.out_dir / 'extreme_clips.json').write_text(json.dumps(found, indent=1) + '\n')
    title = f'{run.name}: dynamic convolutions, classes that differ most'
    draw_extremes(rows, clips, run.out_dir / 'extreme_clips.png', title)
    print(f'written to {run.out_dir}')


if __name__ == '__main__':
    main()
