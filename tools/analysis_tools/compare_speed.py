"""Clips per second of trained recognizers, timed in turn in one process.

``python tools/analysis_tools/compare_speed.py CONFIG CHECKPOINT [CONFIG CHECKPOINT ...]``
"""

import argparse
from pathlib import Path

import torch

from vared_mm.apis import keep_freed_memory
from vared_mm.benchmarking import compare_recognizers
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


def parse_args() -> argparse.Namespace:
    """Pairs of a config and a checkpoint; the overrides hold for every config."""
    parser = argparse.ArgumentParser(description='Time trained recognizers in turn')
    parser.add_argument('models', nargs='+', metavar='CONFIG CHECKPOINT', help='in pairs')
    parser.add_argument('--json', type=output_file, help='write the speeds, in order, to this file')
    add_device(parser)
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the models first; compiling takes minutes'
    )
    parser.add_argument('--rounds', type=positive, default=7, help='timed (default: %(default)s)')
    parser.add_argument(
        '--threads',
        type=positive,
        default=torch.get_num_threads(),
        help='of torch; 1 for small models on a machine that is not idle',
    )
    parser.add_argument('--clips', type=positive, default=64, help='default: %(default)s')
    add_run_options(parser)
    args = parser.parse_args()
    if len(args.models) % 2:
        parser.error('give a checkpoint after each config')
    return args


@command
def main() -> None:
    """Time, print, write."""
    args = parse_args()
    keep_freed_memory()
    torch.set_num_threads(args.threads)
    pairs = list(zip(args.models[::2], args.models[1::2], strict=True))
    with one_line_errors():
        trained = {}
        for number, (config, checkpoint) in enumerate(pairs):
            args.config = config
            trained[f'{number}'] = load_config(args), checkpoint
        options = args.device, args.clips, args.fast, args.rounds
        speeds = list(compare_recognizers(trained, *options).values())
    found = [
        {
            'config': Path(config).stem,
            'clips_per_second': round(speed.clips_per_second, 1),
            'threads': speed.threads,
            'cpu_share': speed.timing.cpu_share,
            'busy': speed.timing.busy,
        }
        for (config, _), speed in zip(pairs, speeds, strict=True)
    ]
    rows = [(one['config'], one['clips_per_second']) for one in found]
    print(render_table(['config', 'clips/s'], rows, digits=1))
    if busy := [one['config'] for one in found if one['busy']]:
        print(f'The machine was busy, which may have slowed down {", ".join(busy)}: time again')
    if args.json:
        write_json(args.json, found)


if __name__ == '__main__':
    main()
