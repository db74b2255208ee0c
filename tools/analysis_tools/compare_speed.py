"""Clips per second of trained recognizers, timed in turn in one process.

``python tools/analysis_tools/compare_speed.py CONFIG CHECKPOINT [CONFIG CHECKPOINT ...]``
"""

import argparse
import json
from pathlib import Path

import torch

from vared_mm.apis import (
    add_run_options,
    compare_recognizers,
    keep_freed_memory,
    load_config,
    one_line_errors,
)
from vared_mm.reporting import render_table


def parse_args() -> argparse.Namespace:
    """Pairs of a config and a checkpoint; the overrides hold for every config."""
    parser = argparse.ArgumentParser(description='Time trained recognizers in turn')
    parser.add_argument('models', nargs='+', metavar='CONFIG CHECKPOINT', help='in pairs')
    parser.add_argument('--json', help='write the clips per second, in order, to this file')
    parser.add_argument(
        '--device', default='cuda:0' if torch.cuda.is_available() else 'cpu', help='such as cuda:0'
    )
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the models first (compiles for minutes)'
    )
    parser.add_argument('--rounds', type=int, default=7, help='timed (default: %(default)s)')
    parser.add_argument('--clips', type=int, default=64, help='default: %(default)s')
    add_run_options(parser)
    args = parser.parse_args()
    if len(args.models) % 2:
        parser.error('give a checkpoint after each config')
    return args


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
        Path(args.json).write_text(json.dumps([round(speed, 1) for speed in speeds]) + '\n')


if __name__ == '__main__':
    main()
