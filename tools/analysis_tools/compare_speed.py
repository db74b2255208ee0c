"""Clips per second of trained recognizers, timed in turn in one process.

``python tools/analysis_tools/compare_speed.py CONFIG CHECKPOINT [CONFIG CHECKPOINT ...]``
"""

import argparse
from pathlib import Path

from vared_mm.apis import (
    add_device,
    add_run_options,
    command,
    compare_recognizers,
    keep_freed_memory,
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
    parser.add_argument(
        '--json', type=output_file, help='write the clips per second, in order, to this file'
    )
    add_device(parser)
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the models first (compiles for minutes)'
    )
    parser.add_argument('--rounds', type=positive, default=7, help='timed (default: %(default)s)')
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
    pairs = list(zip(args.models[::2], args.models[1::2], strict=True))
    with one_line_errors():
        trained = {}
        for number, (config, checkpoint) in enumerate(pairs):
            args.config = config
            trained[f'{number}'] = load_config(args), checkpoint
        options = args.device, args.clips, args.fast, args.rounds
        speeds = list(compare_recognizers(trained, *options).values())
    rows = [(Path(config).stem, speed) for (config, _), speed in zip(pairs, speeds, strict=True)]
    print(render_table(['config', 'clips/s'], rows, digits=1))
    if args.json:
        write_json(args.json, [round(speed, 1) for speed in speeds], None)


if __name__ == '__main__':
    main()
