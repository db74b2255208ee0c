"""Options that the command-line tools share."""

import argparse
import os
from pathlib import Path

from mmengine.config import Config, DictAction
from mmengine.registry import RUNNERS
from mmengine.runner import Runner
from torch import distributed


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that training and testing have in common; mmaction2's names."""
    parser.add_argument('--work-dir', help='folder of logs and checkpoints')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='override settings of the config: key=value, key.of.dict=value, key="[a,b]"',
    )
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none', help='of jobs'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def read_config(path: str | Path) -> Config:
    """A config, from its file.

    Raises:
        FileNotFoundError: if there is no such config.
        ValueError: if the file is of another kind.
        ConfigParsingError: if one of its bases is missing.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: no such config')
    if Path(path).suffix not in ('.py', '.yml', '.yaml', '.json'):
        raise ValueError(f'{path}: is no config: must end with .py, .yml, .yaml or .json')
    return Config.fromfile(path)


def load_config(args: argparse.Namespace) -> Config:
    """The config that ``args`` name, with their overrides and a work folder.

    Raises:
        FileNotFoundError, ValueError, ConfigParsingError: as of :func:`read_config`.
    """
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = read_config(args.config)
    cfg.launcher = args.launcher
    if args.cfg_options is not None:
        cfg.merge_from_dict(args.cfg_options)
    if args.work_dir is not None:
        cfg.work_dir = args.work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = str(Path('work_dirs', Path(args.config).stem))
    return cfg


def build_runner(cfg: Config) -> Runner:
    """mmengine's runner, or the one that the config names as ``runner_type``.

    A recognizer's metrics get one score a video: ``ViewScoresHook`` is added where it lacks.
    """
    if 'cls_head' in cfg.get('model', {}):
        hooks = cfg.get('default_hooks') or {}
        cfg.default_hooks = {'view_scores': {'type': 'vared_mm.ViewScoresHook'}, **hooks}
    return RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)


def leave_processes() -> None:
    """Leave the group of processes; one that just ends may be aborted by its own threads."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.barrier()
        distributed.destroy_process_group()
