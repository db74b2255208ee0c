"""Test a trained model: ``python tools/test.py CONFIG CHECKPOINT``."""

import argparse
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import is_main_process

from vared_mm.apis import (
    accelerate_runner,
    check_classes,
    hash_config,
    keep_freed_memory,
    make_result,
    match_checkpoint,
    set_budget,
)
from vared_mm.cli import (
    add_run_options,
    build_runner,
    command,
    end_on_signals,
    finite,
    leave_processes,
    load_config,
    one_line_errors,
    output_file,
    output_folder,
    positive,
    require_keys,
    share,
)
from vared_mm.datasets import ImageError, VideoError


def parse_args() -> argparse.Namespace:
    """mmaction2's flags, and ``--json``."""
    parser = argparse.ArgumentParser(description='Test a model')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--json', type=output_file, help='write the result of the run to this file')
    parser.add_argument(
        '--dump',
        type=output_file,
        help='write predictions to this .pkl file, see docs/tables_and_figures.md',
    )
    parser.add_argument(
        '--show-dir', type=output_folder, help='draw tested samples with labels into this folder'
    )
    parser.add_argument('--show', action='store_true', help='draw them in a window')
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the model first; compiling takes minutes'
    )
    parser.add_argument(
        '--budget',
        type=share,
        help="mean executed MACs to meet, as a share of the static model's; gate values below a "
        'threshold, calibrated on 256 training clips, count as zero',
    )
    parser.add_argument('--interval', type=positive, default=1, help='draw every so many samples')
    parser.add_argument('--wait-time', type=finite, default=2, help='seconds that a window stays')
    add_run_options(parser)
    args = parser.parse_args()
    if args.dump is not None and Path(args.dump).suffix not in ('.pkl', '.pickle'):
        parser.error(f'--dump {args.dump}: must end in .pkl or .pickle')
    return args


def apply_options(cfg: Config, args: argparse.Namespace) -> None:
    """Write the testing flags into the config."""
    cfg.load_from = args.checkpoint
    if (args.show or args.show_dir is not None) and cfg.get('default_scope') == 'mmseg':
        cfg.default_hooks.visualization = dict(
            type='SegVisualizationHook',
            draw=True,
            show=args.show,
            interval=args.interval,
            wait_time=args.wait_time,
        )
        cfg.visualizer.save_dir = args.show_dir
    elif args.show or args.show_dir is not None:
        cfg.default_hooks.visualization = dict(
            type='vared_mm.ClipVisualizationHook',
            out_dir=args.show_dir,
            show=args.show,
            interval=args.interval,
            wait_time=args.wait_time,
        )
    if args.dump is not None:
        evaluator = cfg.test_evaluator
        metrics = evaluator if isinstance(evaluator, list | tuple) else [evaluator]
        cfg.test_evaluator = [
            *metrics,
            dict(type='vared_mm.DumpPredictions', out_file_path=args.dump),
        ]


@command
@end_on_signals()
def main() -> None:
    """Check config, lists and checkpoint, then test."""
    args = parse_args()
    keep_freed_memory()
    with one_line_errors():
        cfg = load_config(args)
        require_keys(cfg, 'model', 'test_dataloader', 'test_cfg', 'test_evaluator')
        if args.budget is not None:
            cfg.budget = args.budget  # what is recorded is of this model, not of the plain one
        config_sha256 = hash_config(cfg)
        apply_options(cfg, args)
        runner = build_runner(cfg)
        match = match_checkpoint(runner.model, args.checkpoint)
        match.require(complete=True)
        dataset = runner.test_loop.dataloader.dataset  # building it checks the data lists
        check_classes(runner.model, dataset, 'test_dataloader')
    if note := match.describe():
        runner.logger.info(note)
    with one_line_errors():
        if args.budget is not None:
            threshold = set_budget(runner, args.budget)
            runner.logger.info(f'budget {args.budget}: threshold {threshold:.6f}')
        if args.fast:
            accelerate_runner(runner)
    with one_line_errors(VideoError, ImageError):
        metrics = runner.test()
    if args.json is not None and is_main_process():
        make_result(runner, metrics, args.checkpoint, config_sha256).save(args.json)
        runner.logger.info(f'result written to {args.json}')
    leave_processes()


if __name__ == '__main__':
    main()
