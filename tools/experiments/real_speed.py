"""Clips per second of the networks trained on real clips, timed in turn on one core."""

import argparse
from pathlib import Path

import torch

from vared_mm.apis import describe_machine, keep_freed_memory, list_versions
from vared_mm.benchmarking import compare_recognizers
from vared_mm.cli import output_folder, positive, write_json

from .configs import ROOT
from .real import WORK, RunQueue
from .real_plan import CLIPS, FOLDS, METHODS, SEEDS, plan


def add_speed_options(parser: argparse.ArgumentParser) -> None:
    """Which networks, and how many clips."""
    parser.add_argument('--set', default=CLIPS.sets[0], help='of configs/_base_/datasets/real')
    parser.add_argument('--backbones', nargs='+', choices=CLIPS.backbones, default=CLIPS.backbones)
    parser.add_argument('--methods', nargs='+', choices=METHODS, default=tuple(METHODS))
    parser.add_argument('--clips', type=positive, default=64, help='default: %(default)s')
    parser.add_argument('--rounds', type=positive, default=15, help='default: %(default)s')
    parser.add_argument('--work-dir', type=output_folder, default=str(WORK))
    parser.add_argument('--results', type=Path, default=ROOT / 'results' / 'real')
    parser.set_defaults(run=time_methods)


def time_methods(args: argparse.Namespace) -> None:
    """Time what the suite has trained on the first fold with the first seed; write the speeds.

    Raises:
        ValueError, OSError: if a config or its weights can't be read.
    """
    keep_freed_memory()
    torch.set_num_threads(1)
    queue = RunQueue(Path(args.work_dir).absolute(), Path(args.results).absolute())
    for backbone in args.backbones:
        trained = {}
        for run in plan([args.set], FOLDS[:1], SEEDS[:1], [backbone], args.methods):
            if not (ROOT / 'configs/real' / f'{run.config}.py').is_file():
                continue
            last = queue.experiments(run)[-1]
            if last.is_recorded() and not last.tested_only:
                trained[last.config] = last.load(), last.checkpoint
        if not trained:
            continue
        speeds = compare_recognizers(trained, 'cpu', args.clips, fast=True, rounds=args.rounds)
        found = {
            config: {
                'clips_per_second': round(speed.clips_per_second, 1),
                'busy': speed.timing.busy,
            }
            for config, speed in speeds.items()
        }
        path = args.results / args.set / 'speed' / f'{backbone}.json'
        settings = {'clips': args.clips, 'threads': 1, 'rounds': args.rounds, 'accelerated': True}
        about = {'machine': describe_machine(), 'versions': list_versions()}
        write_json(str(path), {'settings': settings, 'speeds': found, **about})
        print(f'{path}: {len(found)} networks')
