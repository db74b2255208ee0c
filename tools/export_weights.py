"""Write a checkpoint's weights as safetensors: ``python tools/export_weights.py IN OUT``.

What comes out is read wherever a checkpoint is, but training can't be resumed from it.
"""

import argparse
from pathlib import Path

from vared_mm.cli import command, one_line_errors, output_file
from vared_mm.engine import read_checkpoint, save_safetensors


def parse_args() -> argparse.Namespace:
    """The two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('checkpoint', help='checkpoint file, of mmengine or bare weights')
    parser.add_argument('out', type=output_file, help='file to write, OUT.safetensors')
    return parser.parse_args()


@command
def main() -> None:
    """Read safely, write what counts in testing."""
    args = parse_args()
    with one_line_errors():
        content = read_checkpoint(args.checkpoint)
        weights = content.get('state_dict', content) if isinstance(content, dict) else None
        if not weights:
            raise ValueError(f'{args.checkpoint}: holds no weights')
        Path(args.out).parent.mkdir(parents=True, exist_ok=True)
        save_safetensors(weights, args.out)
    print(f'{args.out}: {len(weights)} tensors')


if __name__ == '__main__':
    main()
