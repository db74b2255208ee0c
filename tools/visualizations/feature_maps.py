"""Computed and rebuilt feature maps side by side, as figures B-1, B-2 and B-3 of the thesis.

``python tools/visualizations/feature_maps.py CONFIG CHECKPOINT --layer NAME`` writes
feature_maps.json, feature_maps_time.png and, for a dynamic layer, feature_maps_channel.png, where
rebuilt maps have a frame.
"""

import argparse
import json

import numpy as np

from vared_mm.analysis import LayerMaps, layer_maps
from vared_mm.cli import command, one_line_errors, positive
from vared_mm.cli.analysis import add_analysis_options, start_analysis
from vared_mm.dynamic import dynamic_layers
from vared_mm.visualization import MapRow, draw_maps


def parse_args() -> argparse.Namespace:
    """The common ones, and which maps."""
    parser = argparse.ArgumentParser(description='Computed and rebuilt feature maps')
    add_analysis_options(parser)
    parser.add_argument('--layer', help="a convolution's name; default: the first dynamic one")
    parser.add_argument('--video', help='folder/file; default: the first')
    parser.add_argument(
        '--maps', type=positive, default=9, help='filters shown; default: %(default)s'
    )
    parser.add_argument(
        '--frames', type=positive, default=8, help='frames shown; default: %(default)s'
    )
    return parser.parse_args()


def time_rows(maps: LayerMaps, clip: np.ndarray, frames: int, filters: int) -> list[MapRow]:
    """The clip, then filters over frames: two rows a filter where the layer is dynamic."""
    frames = min(frames, maps.full.shape[1])
    none = [False] * frames
    shown = clip[np.linspace(0, len(clip) - 1, maps.full.shape[1]).round().astype(int)]
    rows = [MapRow('clip', shown[:frames], none)]
    if maps.time is None:
        some = range(min(filters, len(maps.full)))
        return rows + [MapRow(f'filter {i}', maps.full[i, :frames], none) for i in some]
    framed = maps.rebuilt_frames[:frames].tolist()
    # The filters that vary most say most.
    for i in np.argsort(-maps.full.std(axis=(1, 2, 3)))[: min(3, filters)].tolist():
        rows.append(MapRow(f'filter {i}\ncomputed', maps.full[i, :frames], none))
        rows.append(MapRow(f'filter {i}\nhalf rebuilt', maps.time[i, :frames], framed))
    return rows


def channel_rows(maps: LayerMaps, frame: int, count: int) -> tuple[list[MapRow], list[str]]:
    """As many computed as rebuilt filters of one frame: in full above, half rebuilt below."""
    kept = int((~maps.rebuilt_channels).sum())
    half = min((count + 1) // 2, kept, len(maps.full) - kept)
    chosen = [*range(half), *range(kept, kept + half)]
    framed = maps.rebuilt_channels[chosen].tolist()
    rows = [
        MapRow('computed', maps.full[chosen, frame], [False] * len(chosen)),
        MapRow('half rebuilt', maps.channel[chosen, frame], framed),
    ]
    return rows, [f'filter {i}' for i in chosen]


def say(likeness: dict) -> str:
    """The note below a picture."""
    if likeness['correlation'] is None:
        return ''
    return (
        f'red frame: rebuilt by a cheap operation. {likeness["maps"]} rebuilt maps against '
        f'computed ones:\nmean correlation {likeness["correlation"]:.3f}, '
        f'RMSE {likeness["rmse"]:.3g}'
    )


@command
def main() -> None:
    """Run one clip, draw, write."""
    args = parse_args()
    with one_line_errors():
        run = start_analysis(args)
        layer = args.layer or next(iter(dynamic_layers(run.model)), None)
        if layer is None:
            raise ValueError(f'{run.name}: a static model, name a convolution with --layer')
        video = args.video or run.video(0)
        maps = layer_maps(run.model, run.sample(video), layer, run.clip_frames)
        likeness = {axis: maps.likeness(axis) for axis in ('time', 'channel')}
    title = f'{run.name}\n{layer}, {video}'
    rows = time_rows(maps, run.frames(video), args.frames, args.maps)
    columns = [f'frame {i}' for i in range(len(rows[0].maps))]
    path = run.out_dir / 'feature_maps_time.png'
    draw_maps(rows, columns, path, title, say(likeness['time']))
    if maps.channel is not None:
        middle = maps.full.shape[1] // 2
        rows, columns = channel_rows(maps, middle, args.maps)
        path = run.out_dir / 'feature_maps_channel.png'
        note = say(likeness['channel'])
        draw_maps(rows, columns, path, f'{title}, frame {middle}', note)
    found = {'config': run.name, 'layer': layer, 'video': video, 'rebuilt_against_full': likeness}
    (run.out_dir / 'feature_maps.json').write_text(json.dumps(found, indent=1) + '\n')
    print(f'written to {run.out_dir}')


if __name__ == '__main__':
    main()
