"""Write a trained model as a file that runs without this package.

``python tools/export.py CONFIG CHECKPOINT --format onnx --out FOLDER``; the file is run once in a
process of its own, and compared with the model.
"""

import argparse

from vared_mm.apis import export, keep_freed_memory
from vared_mm.cli import (
    add_overrides,
    command,
    one_line_errors,
    output_folder,
    positive,
    read_config,
    require_keys,
)
from vared_mm.datasets.video_list import read_classes


def choice(text: str) -> tuple[int, int]:
    """Two whole numbers, such as ``1,1``."""
    parts = text.split(',')
    if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f'{text!r}: must be two whole numbers, such as 1,1')
    return int(parts[0]), int(parts[1])


def parse_args() -> argparse.Namespace:
    """Positional: config, checkpoint."""
    parser = argparse.ArgumentParser(description='Write a model as a file for another runtime')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--format',
        choices=('torch', 'onnx', 'openvino'),
        default='onnx',
        help='of the file (default: %(default)s)',
    )
    parser.add_argument(
        '--choice',
        type=choice,
        metavar='T,C',
        help='of a dynamic model: the candidates of every layer along time and along channels; '
        '0,0 computes everything, 1,1 half the channels of half the frames',
    )
    parser.add_argument('--out', type=output_folder, required=True, help='folder to write into')
    parser.add_argument('--label-map', help='text file, one class name a line')
    parser.add_argument('--batch-size', type=positive, default=1, help='default: %(default)s')
    add_overrides(parser)
    return parser.parse_args()


@command
def main() -> None:
    """Load, write, check, say what came out."""
    args = parse_args()
    keep_freed_memory()
    with one_line_errors():
        cfg = read_config(args.config, args.cfg_options)
        require_keys(cfg, 'model')
        classes = read_classes(args.label_map) if args.label_map else None
        options = (args.format, args.choice, classes, args.batch_size)
        made = export(cfg, args.checkpoint, args.out, *options)
    macs = made['macs']
    print(
        f'{args.out}/{made["file"]}: {" x ".join(map(str, made["input"]["shape"]))} '
        f'({made["input"]["axes"]}), {macs["executed"] / 1e9:.4g} GMACs a batch of one, '
        f'{macs["executed"] / macs["static"]:.3f} of the static model\n'
        f'checked in {made["checked_by"]}: largest difference {made["largest_difference"]:.2g}'
    )


if __name__ == '__main__':
    main()
