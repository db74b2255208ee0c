"""Parameters and MACs of a config's model: ``python tools/analysis_tools/get_flops.py CONFIG``.

Nothing is computed: the model is built and traced without data, so any size is quick.
"""

import argparse
import json
from pathlib import Path

from vared_mm.apis import ModelCost, model_cost
from vared_mm.cli import add_overrides, command, one_line_errors, read_config
from vared_mm.reporting import render_table


def parse_args() -> argparse.Namespace:
    """One config, optionally another shape of its input."""
    parser = argparse.ArgumentParser(description="Count a model's parameters and MACs")
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--shape',
        type=int,
        nargs='+',
        help='one clip, C T H W, or an image, C H W; default: what the config validates on',
    )
    parser.add_argument('--json', action='store_true', help='print JSON')
    add_overrides(parser)
    args = parser.parse_args()
    if args.shape is not None and (len(args.shape) not in (3, 4) or min(args.shape) < 1):
        parser.error(f'--shape {args.shape}: must be C T H W or C H W, all positive')
    return args


def describe(cost: ModelCost) -> str:
    """The cost as text: by layer, then totals."""
    rows = []
    for name, (kind, dense) in cost.macs.layers.items():
        layer = cost.dynamic.get(name)
        least = (layer.conv / 1e9, layer.executed / 1e9) if layer else (None, None)
        rows.append((name, kind, dense / 1e9, *least))
    for name, block in cost.blocks.items():  # their convolutions are among the layers
        least = (block.conv / 1e9, block.executed / 1e9)
        rows.append((name, 'block', block.dense / 1e9, *least))
    columns = ('layer', 'kind', 'dense', 'least, thesis count', 'least, full count')
    left_out = f' (left out: {", ".join(cost.without)})' if cost.without else ''
    totals = [
        ('static model', cost.static / 1e9),
        ('of it, dynamic layers', sum(x.dense for x in cost.dynamic.values()) / 1e9),
        ('least, thesis count', cost.least_thesis / 1e9),
        ('least, full count', cost.least_full / 1e9),
        ('gates, part of the full count', sum(x.gate for x in cost.dynamic.values()) / 1e9),
    ]
    return '\n\n'.join(
        [
            f'Input {cost.input_shape}. GFLOPs as papers say: 1e9 multiply-accumulates of one '
            "clip.\nThe thesis' count has the convolutions of the dynamic layers only, the full "
            'one their cheap\noperations and gates too.',
            render_table(columns, rows, digits=4),
            render_table(('GFLOPs' + left_out, ''), totals, digits=4),
            f'Parameters: {cost.parameters / 1e6:.3f} M, '
            f'{cost.parameters_without_gates / 1e6:.3f} M without gates',
        ]
    )


@command
def main() -> None:
    """Build, count, print."""
    args = parse_args()
    with one_line_errors():
        cfg = read_config(args.config, args.cfg_options)
        cost = model_cost(cfg, args.shape)
    if args.json:
        print(json.dumps({'config': Path(args.config).stem, **cost.to_dict()}, indent=2))
    else:
        print(describe(cost))


if __name__ == '__main__':
    main()
