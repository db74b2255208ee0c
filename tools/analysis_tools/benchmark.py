"""Speed of a dynamic recipe beside its static counterpart: ``benchmark.py CONFIG``.

Both run as fast as they can be made (``vared_mm.acceleration.accelerate``), in turn. No weights
and no videos are needed: clips are random, and so are, where asked, the choices.
"""

import argparse
from typing import Any

import torch

from vared_mm.apis import describe_machine, keep_freed_memory, list_versions
from vared_mm.benchmarking import SpeedReport, benchmark
from vared_mm.cli import (
    add_device,
    add_run_options,
    command,
    load_config,
    one_line_errors,
    output_file,
    positive,
    write_json,
)
from vared_mm.reporting import render_table

DTYPES = {'fp32': torch.float32, 'bf16': torch.bfloat16}


def parse_args() -> argparse.Namespace:
    """One dynamic config."""
    parser = argparse.ArgumentParser(description='Time a dynamic recipe and its static counterpart')
    parser.add_argument('config', help='config file with a DynamicBackbone or a BlockwiseBackbone')
    parser.add_argument('--batch-size', type=positive, default=1, help='default: %(default)s')
    add_device(parser, 'cpu')
    parser.add_argument(
        '--threads', type=positive, default=torch.get_num_threads(), help='of torch'
    )
    parser.add_argument('--dtype', choices=DTYPES, default='fp32', help='default: %(default)s')
    parser.add_argument(
        '--choices',
        nargs='+',
        choices=('open', 'half', 'mix'),
        default=['half'],
        help='open: all computed, all candidates mixed; half: half the channels of half the '
        "frames; mix: drawn per layer and clip at the thesis' mean share (default: half)",
    )
    parser.add_argument('--train', action='store_true', help='time steps of training instead')
    parser.add_argument(
        '--rounds', type=positive, default=15, help='timed calls (default: %(default)s)'
    )
    parser.add_argument(
        '--upstream', action='store_true', help="also time mmaction2's own static model, eager"
    )
    parser.add_argument('--json', type=output_file, help='also write the measurement to this file')
    add_run_options(parser)
    args = parser.parse_args()
    if args.train and args.dtype != 'fp32':
        parser.error('--train: measures fp32 only')
    return args


def describe(report: SpeedReport) -> str:
    """The measurement as text."""
    rows = []
    for name, timing in report.timings.items():
        first, third = timing.quartiles
        peak = report.peak_bytes[name]
        times = 1e3 * timing.median, 1e3 * (third - first), 1e3 * timing.least
        speed = report.clips / timing.median
        rows.append([name, speed, *times, None if peak is None else peak / 2**20])
    columns = ['model', 'clips/s', 'median ms', 'quartiles apart ms', 'least ms', 'peak MiB']
    share = report.realised_share
    realised = 'nothing is promised' if share is None else f'realised share {100 * share:.0f} %'
    summary = (
        f'MACs: {report.static_macs / 1e9:.2f} G static, {report.executed_macs / 1e9:.2f} G '
        f'executed; ratio {report.mac_ratio:.3f}\nspeed-up {report.speed_up:.3f}; {realised}'
    )
    if busy := [name for name, timing in report.timings.items() if timing.busy]:
        summary += f'\nThe machine was busy, which slowed down {", ".join(busy)}: time again'
    return f'{render_table(columns, rows, digits=1)}\n\n{summary}'


@command
def main() -> None:
    """Measure, print, write."""
    args = parse_args()
    keep_freed_memory()
    torch.set_num_threads(args.threads)
    torch.backends.cudnn.benchmark = True  # of the library's ways, the quickest for these sizes
    with one_line_errors():
        reports = benchmark(
            load_config(args),
            args.batch_size,
            DTYPES[args.dtype],
            args.choices,
            args.rounds,
            args.train,
            args.upstream,
            args.device,
        )
    for choice, report in reports.items():
        print(f'{choice}\n{describe(report)}\n')
    if args.json:
        settings = {
            key: getattr(args, key)
            for key in ('config', 'batch_size', 'device', 'threads', 'dtype', 'rounds')
        }
        found: dict[str, Any] = {'settings': settings}
        found['choices'] = {choice: report.to_dict() for choice, report in reports.items()}
        found.update(machine=describe_machine(), versions=list_versions())
        write_json(args.json, found)


if __name__ == '__main__':
    main()
