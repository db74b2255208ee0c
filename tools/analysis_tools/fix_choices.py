"""Make controls of a dynamic model's choices, which do not look at the clip."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from vared_mm.apis import match_checkpoint
from vared_mm.apis.input_shapes import forward_args, view_shape
from vared_mm.cli import (
    add_run_options,
    build_runner,
    command,
    load_config,
    one_line_errors,
    output_folder,
    require_keys,
)
from vared_mm.comparisons.fixed_choice import (
    ChoiceTable,
    ClipBlindGate,
    best_fixed,
    choice_table,
)
from vared_mm.datasets import ImageError, VideoError
from vared_mm.dynamic import count_macs
from vared_mm.engine import read_checkpoint


def parse_args() -> argparse.Namespace:
    """A trained dynamic model, and where its controls start."""
    parser = argparse.ArgumentParser(description="Make controls of a dynamic model's choices")
    parser.add_argument('config', help='config of the dynamic model')
    parser.add_argument('checkpoint', help='its weights')
    parser.add_argument(
        '--start', required=True, help='weights of the same model that the controls start from'
    )
    parser.add_argument('--out-dir', type=output_folder, required=True)
    add_run_options(parser)
    return parser.parse_args()


def read_training_list(cfg: Config) -> None:
    """Let the test data be the training clips, or images, read as a test reads them."""
    data, tested = cfg.train_dataloader.dataset, cfg.test_dataloader.dataset
    for key in ('data_root', 'ann_file', 'data_prefix', 'indices'):
        if key in data:
            tested[key] = data[key]
        else:
            tested.pop(key, None)


def look_at_training_clips(runner: Runner) -> ChoiceTable:
    """What the model chooses for the clips of the test data's list."""
    runner.model.eval()
    with choice_table(runner.model) as table, torch.no_grad():
        for batch in runner.test_dataloader:
            runner.model.test_step(batch)
    return table


def blind_weights(
    start: dict[str, Any], table: ChoiceTable, fixed: dict[str, int] | None, seed: int
) -> dict[str, Any]:
    """Weights to start from, with what to choose in place of the gates.

    Args:
        start: weights of the dynamic model.
        table: its choices.
        fixed: one choice a layer for all clips; None draws by the layers' own frequencies.
        seed: of the draws.
    """
    weights = {key: value for key, value in start.items() if '.gate.' not in key}
    for number, (name, layer) in enumerate(table.layers.items()):
        count = np.eye(len(layer.count))[fixed[name]] if fixed else layer.count
        gate = ClipBlindGate(layer.search)
        parts = (count, layer.temporal, layer.channel)
        gate.set_choices(*(torch.as_tensor(p).float() for p in parts), seed=1000 * seed + number)
        weights.update({f'{name}.gate.{key}': value for key, value in gate.state_dict().items()})
    return weights


def describe(runner: Runner, table: ChoiceTable, fixed: dict[str, int]) -> dict[str, Any]:
    """What ``choices.json`` holds: costs, in MACs of one view, and choices."""
    shape = view_shape(runner.model, tuple(runner.test_dataloader.dataset[0]['inputs'].shape))
    counted = count_macs(runner.model, shape, **forward_args(runner.model))
    saved = table.dense - float(table.macs.mean())
    backbone = counted.total(within='backbone.')
    chosen = sum(int(layer.macs[fixed[name]]) for name, layer in table.layers.items())
    return {
        'clips': len(table.macs),
        'static_macs': counted.total(),
        'mean_macs': counted.total() - saved,
        'backbone_share': 1 - saved / backbone,
        'fixed_macs': counted.total() - table.dense + chosen,
        'layers': {
            name: {
                'count': layer.count.tolist(),
                'macs': layer.macs.tolist(),
                'fixed': fixed[name],
            }
            for name, layer in table.layers.items()
        },
    }


@command
def main() -> None:
    """Look at the training clips, as a test reads them; write weights and numbers."""
    args = parse_args()
    with one_line_errors(ValueError, OSError):
        cfg = load_config(args)
        require_keys(cfg, 'model', 'train_dataloader', 'test_dataloader', 'test_evaluator')
        cfg.load_from = args.checkpoint
        read_training_list(cfg)
        runner = build_runner(cfg)
        for path in (args.checkpoint, args.start):
            match_checkpoint(runner.model, path).require_same()
        start = read_checkpoint(args.start)['state_dict']
        runner.load_checkpoint(args.checkpoint)
    with one_line_errors(VideoError, ImageError):
        table = look_at_training_clips(runner)
    fixed = best_fixed(table)
    out = Path(args.out_dir)
    out.mkdir(parents=True, exist_ok=True)
    for name, chosen in (('fixed', fixed), ('random', None)):
        weights = blind_weights(start, table, chosen, runner.seed)
        torch.save({'state_dict': weights, 'meta': {}}, out / f'{name}.pth')
    summary = describe(runner, table, fixed)
    (out / 'choices.json').write_text(json.dumps(summary, indent=1) + '\n')
    print(
        f'{out}: {summary["mean_macs"] / summary["static_macs"]:.3f} of the static MACs; ', end=''
    )
    print(f'best fixed: {summary["fixed_macs"] / summary["static_macs"]:.3f}')


if __name__ == '__main__':
    main()
