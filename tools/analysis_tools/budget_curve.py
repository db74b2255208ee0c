"""Accuracy against executed MACs of one checkpoint: ``budget_curve.py CONFIG CHECKPOINT``.

For each budget a threshold is calibrated on clips of the training set, below which a gate value
counts as zero; then the test set is run. Nothing is trained.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use('Agg')
from matplotlib import pyplot

from vared_mm.apis import budget_curve, describe_machine, list_versions, match_checkpoint
from vared_mm.cli import (
    add_run_options,
    build_runner,
    command,
    load_config,
    one_line_errors,
    output_file,
    positive,
    require_keys,
    share,
    write_json,
)
from vared_mm.reporting import render_table


def parse_args() -> argparse.Namespace:
    """A dynamic config and its checkpoint."""
    parser = argparse.ArgumentParser(description='Test one checkpoint at several budgets of MACs')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--budgets',
        type=share,
        nargs='+',
        default=[0.7, 0.65, 0.6, 0.55, 0.5],
        help="shares of the static model's MACs (default: %(default)s)",
    )
    parser.add_argument(
        '--sample', type=positive, default=256, help='training clips to calibrate on'
    )
    parser.add_argument('--json', type=output_file, help='write the curve to this file')
    parser.add_argument('--plot', type=output_file, help='draw the curve into this file')
    add_run_options(parser)
    args = parser.parse_args()
    kinds = pyplot.FigureCanvasBase.get_supported_filetypes()
    if args.plot and Path(args.plot).suffix[1:] not in kinds:
        parser.error(f'--plot {args.plot}: must end in one of {", ".join(sorted(kinds))}')
    return args


def draw(rows: list[dict], path: str) -> None:
    """Accuracy over executed share."""
    figure, axes = pyplot.subplots(figsize=(5, 3.5), layout='constrained')
    points = sorted((100 * row['cost/share'], row['acc/clip-1']) for row in rows)
    axes.plot(*zip(*points, strict=True), marker='o')
    axes.set_xlabel('executed MACs, % of static')
    axes.set_ylabel('clip-1, %')
    axes.grid(alpha=0.3)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)


@command
def main() -> None:
    """Test at every budget, print, write."""
    args = parse_args()
    with one_line_errors():
        cfg = load_config(args)
        require_keys(cfg, 'model', 'train_dataloader', 'test_dataloader', 'test_evaluator')
        cfg.load_from = args.checkpoint
        runner = build_runner(cfg)
        match_checkpoint(runner.model, args.checkpoint).require(complete=True)
        rows = budget_curve(runner, args.budgets, args.sample)
    columns = ('budget', 'threshold', 'cost/share', 'acc/clip-1', 'acc/video-1')
    table = [[row.get(column) for column in columns] for row in rows]
    titles = ['budget', 'threshold', 'executed share', 'clip-1 %', 'video-1 %']
    print(render_table(titles, table, digits=4))
    if args.json:
        keys = ('budget', 'threshold', 'cost/share', 'acc/clip-1', 'acc/video-1')
        kept = [{key: row.get(key) for key in keys} for row in rows]
        found = {'config': Path(args.config).stem, 'sample': args.sample, 'rows': kept}
        found.update(machine=describe_machine(), versions=list_versions())
        write_json(args.json, found)
    if args.plot:
        draw(rows, args.plot)


if __name__ == '__main__':
    main()
