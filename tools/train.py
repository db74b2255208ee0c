"""Train a model: ``python tools/train.py CONFIG``."""

import argparse
from pickle import UnpicklingError

from mmengine.config import Config
from mmengine.runner import Runner

from vared_mm.apis import accelerate_training, check_classes, keep_freed_memory, match_checkpoint
from vared_mm.cli import (
    add_run_options,
    build_runner,
    command,
    end_on_signals,
    leave_processes,
    load_config,
    not_negative,
    one_line_errors,
    require_keys,
)
from vared_mm.datasets import ImageError, VideoError
from vared_mm.engine import WriteError, check_resume, find_whole_checkpoint, lock_folder
from vared_mm.engine.hooks import NonFiniteLossError


def parse_args() -> argparse.Namespace:
    """mmaction2's flags."""
    parser = argparse.ArgumentParser(description='Train a model')
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='resume from this checkpoint, or from the latest in the work folder if none is named',
    )
    parser.add_argument('--amp', action='store_true', help='train in mixed precision')
    parser.add_argument('--no-validate', action='store_true', help='do not test while training')
    parser.add_argument(
        '--auto-scale-lr', action='store_true', help='scale the learning rate to the batch size'
    )
    parser.add_argument('--seed', type=not_negative, help='of every random generator')
    parser.add_argument('--diff-rank-seed', action='store_true', help='another seed for each rank')
    parser.add_argument('--deterministic', action='store_true', help='repeatable, slower kernels')
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the dynamic layers, on a CPU; compiles once'
    )
    add_run_options(parser)
    return parser.parse_args()


def apply_options(cfg: Config, args: argparse.Namespace) -> None:
    """Write the training flags into the config."""
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp:
        kind = cfg.optim_wrapper.get('type', 'OptimWrapper')
        if kind not in ('OptimWrapper', 'AmpOptimWrapper'):
            raise ValueError(f'--amp does not go with optim_wrapper.type={kind}')
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.resume not in (None, 'auto'):
        cfg.resume, cfg.load_from = True, args.resume
    if args.auto_scale_lr:
        if 'auto_scale_lr' not in cfg:
            raise ValueError(f'{args.config}: --auto-scale-lr needs key auto_scale_lr')
        cfg.auto_scale_lr.enable = True
    asked = dict(
        seed=args.seed,
        diff_rank_seed=args.diff_rank_seed or None,
        deterministic=args.deterministic or None,
    )
    if asked := {key: value for key, value in asked.items() if value is not None}:
        cfg.randomness = {**(cfg.get('randomness') or {}), **asked}


def find_start(cfg: Config, args: argparse.Namespace) -> list[str]:
    """Let an automatic resume begin at the newest checkpoint that is whole.

    Without any, training begins as the config says.

    Returns:
        A line for each checkpoint that is passed over.
    """
    if args.resume != 'auto' and not (cfg.get('resume') and cfg.get('load_from') is None):
        return []
    found, damaged = find_whole_checkpoint(cfg.work_dir)
    cfg.resume = found is not None
    if found is not None:
        cfg.load_from = found
    return damaged


def check_start(runner: Runner, cfg: Config) -> None:
    """Build what training needs and look at the weights that it starts from."""
    for key, loop in (('train', runner.train_loop), ('val', runner.val_loop)):
        if loop is not None:  # building it checks the data lists
            check_classes(runner.model, loop.dataloader.dataset, f'{key}_dataloader')
    if (start := cfg.get('load_from')) is not None:
        match = match_checkpoint(runner.model, start)
        if cfg.get('resume'):
            match.require_same()
            check_resume(runner, start)
        else:
            match.require(complete=False)
        if note := match.describe():
            runner.logger.info(note)


def check_rate(runner: Runner, cfg: Config) -> None:
    """Warn where the learning rate is one for another batch."""
    settings = cfg.get('auto_scale_lr') or {}
    base = settings.get('base_batch_size')
    size = cfg.train_dataloader.get('batch_size')
    if base is None or size is None or settings.get('enable'):
        return
    if (whole := runner.world_size * size) != base:
        runner.logger.warning(
            f'the learning rate is set for batches of {base} (auto_scale_lr.base_batch_size), but '
            f'{runner.world_size} x {size} = {whole} are used: --auto-scale-lr multiplies it by '
            f'{whole / base:.3g}'
        )


@command
@end_on_signals()
def main() -> None:
    """Check everything that can be checked, then train."""
    args = parse_args()
    keep_freed_memory()
    with one_line_errors():
        cfg = load_config(args)
        require_keys(cfg, 'model', 'train_dataloader', 'train_cfg', 'optim_wrapper')
        apply_options(cfg, args)
        held = lock_folder(cfg.work_dir, cfg.launcher)
        damaged = find_start(cfg, args)
        runner = build_runner(cfg)
        for line in damaged:
            runner.logger.warning(f'not resumed from: {line}')
        check_start(runner, cfg)
        check_rate(runner, cfg)
        if args.fast:
            accelerate_training(runner.model)
    with one_line_errors(VideoError, ImageError, WriteError, UnpicklingError, NonFiniteLossError):
        runner.train()
    leave_processes()
    if held is not None:
        held.close()


if __name__ == '__main__':
    main()
