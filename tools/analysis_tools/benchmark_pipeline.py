"""A whole test, files to predictions, beside mmaction2's own: ``benchmark_pipeline.py CONFIG``.

Ours is the accelerated dynamic model with drawn choices, theirs mmaction2's static model, eager,
behind its own transforms; same files, views, workers and threads. No weights are needed.
"""

import argparse
from pathlib import Path

import torch

from vared_mm.apis import describe_machine, keep_freed_memory, list_versions
from vared_mm.benchmarking import time_pipelines
from vared_mm.cli import (
    add_run_options,
    command,
    load_config,
    one_line_errors,
    output_file,
    positive,
    write_json,
)
from vared_mm.reporting import render_table


def parse_args() -> argparse.Namespace:
    """A dynamic config and video files."""
    parser = argparse.ArgumentParser(description="Time a test beside mmaction2's")
    parser.add_argument('config', help='config file with a DynamicBackbone')
    parser.add_argument('videos', nargs='+', type=Path, help='video files')
    parser.add_argument(
        '--choices',
        choices=('open', 'half', 'mix'),
        default='mix',
        help='of the dynamic layers, as of benchmark.py (default: %(default)s)',
    )
    parser.add_argument(
        '--threads', type=positive, default=torch.get_num_threads(), help='of torch'
    )
    parser.add_argument('--rounds', type=positive, default=3, help='timed (default: %(default)s)')
    parser.add_argument('--json', type=output_file, help='also write the measurement to this file')
    add_run_options(parser)
    return parser.parse_args()


@command
def main() -> None:
    """Measure, print, write."""
    args = parse_args()
    keep_freed_memory()
    torch.set_num_threads(args.threads)
    with one_line_errors():
        for video in args.videos:
            if not video.is_file():
                raise FileNotFoundError(f'{video}: no such video')
        cfg = load_config(args)
        timings = time_pipelines(cfg, args.videos, args.rounds, args.choices)
    count = len(args.videos)
    rows = [(name, count / one.median, *one.seconds) for name, one in timings.items()]
    columns = ['test', 'videos/s', *(f'round {i + 1}, s' for i in range(args.rounds))]
    speed_up = timings['mmaction2'].median / timings['ours'].median
    print(f'{render_table(columns, rows, digits=2)}\n\nspeed-up {speed_up:.2f}')
    if args.json:
        settings = {key: getattr(args, key) for key in ('config', 'choices', 'threads', 'rounds')}
        settings['videos'] = [video.name for video in args.videos]
        settings['workers'] = cfg.test_dataloader.num_workers
        seconds = {name: one.seconds for name, one in timings.items()}
        found = {'settings': settings, 'seconds': seconds, 'speed_up': speed_up}
        found.update(machine=describe_machine(), versions=list_versions())
        write_json(args.json, found)


if __name__ == '__main__':
    main()
