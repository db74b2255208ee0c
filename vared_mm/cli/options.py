"""Options that the command-line tools share."""

import argparse
import os
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import RUNNERS
from mmengine.runner import Runner
from torch import distributed

from vared_mm.acceleration import fold_convolutions
from vared_mm.cli.config_file import read_config
from vared_mm.cli.outputs import output_folder
from vared_mm.cli.overrides import add_overrides


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that training and testing have in common; mmaction2's names."""
    parser.add_argument('--work-dir', type=output_folder, help='folder of logs and checkpoints')
    add_overrides(parser)
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none', help='of jobs'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def load_config(args: argparse.Namespace) -> Config:
    """The config that ``args`` name, with their overrides and a work folder.

    Raises:
        FileNotFoundError, ValueError: as of :func:`read_config`.
    """
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = read_config(args.config, args.cfg_options)
    cfg.launcher = args.launcher
    if args.work_dir is not None:
        cfg.work_dir = args.work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = str(Path('work_dirs', Path(args.config).stem))
    return cfg


def build_runner(cfg: Config) -> Runner:
    """mmengine's runner, or the one that the config names as ``runner_type``.

    The convolutions of its model are folded (:func:`vared_mm.acceleration.fold_convolutions`). A
    recognizer's metrics get one score a video: ``ViewScoresHook`` is added where it lacks. Where
    ``randomness`` names no seed, one is drawn and logged, as without ``randomness``.
    """
    if 'cls_head' in cfg.get('model', {}):
        hooks = cfg.get('default_hooks') or {}
        cfg.default_hooks = {'view_scores': {'type': 'vared_mm.ViewScoresHook'}, **hooks}
    if 'randomness' in cfg:
        cfg.randomness = {'seed': None, **(cfg.randomness or {})}
    runner = RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)
    fold_convolutions(runner.model)
    return runner


def leave_processes() -> None:
    """Leave the group of processes; one that just ends may be aborted by its own threads."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.barrier()
        distributed.destroy_process_group()
