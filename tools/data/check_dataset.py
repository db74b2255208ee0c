"""Read samples of a config's data set by its own pipeline: exit status 1 if any is bad.

Videos are decoded; of images, the pairs of files are looked for and both are read.
"""

import argparse
import sys
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.registry import DATASETS, init_default_scope

from vared_mm.cli import (
    command,
    not_negative,
    one_line_errors,
    output_file,
    positive,
    read_config,
    write_json,
)
from vared_mm.datasets import VideoDataset
from vared_mm.datasets.preparation import check_images, check_videos
from vared_mm.datasets.segmentation import PairedFiles
from vared_mm.datasets.wrapped import inner_settings


def parse_args() -> argparse.Namespace:
    """Config, split, how many samples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('--split', choices=['train', 'val', 'test'], default='val')
    many = parser.add_mutually_exclusive_group()
    many.add_argument(
        '--sample',
        type=positive,
        default=100,
        help='so many, drawn at random (default: %(default)s)',
    )
    many.add_argument('--all', action='store_true', help='every sample')
    parser.add_argument('--seed', type=not_negative, default=0, help='of the drawing')
    parser.add_argument(
        '--workers', type=positive, default=4, help='threads (default: %(default)s)'
    )
    parser.add_argument('--report', type=output_file, help='write a JSON file')
    return parser.parse_args()


def build_datasets(config: str, split: str) -> list[BaseDataset]:
    """Build the data sets of a split, without wrappers, with their bad samples left in."""
    cfg = read_config(config)
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    if cfg.get(f'{split}_dataloader') is None:
        raise ValueError(f'{config}: has no {split}_dataloader')
    datasets = inner_settings(cfg[f'{split}_dataloader'].dataset)
    with DATASETS.switch_scope_and_registry(None) as registry:  # names without a scope too
        for settings in datasets:
            cls = registry.get(settings.type)
            if cls is not None and issubclass(cls, VideoDataset):
                settings.update(check_files=False, skip_undecodable=False)
            elif cls is not None and issubclass(cls, PairedFiles):
                settings.update(check_pairs=False)
    return [DATASETS.build(settings) for settings in datasets]


def check_list(dataset: BaseDataset, args: argparse.Namespace) -> dict[str, Any]:
    """Read samples of one list."""
    numbers = np.arange(len(dataset))
    if not args.all and args.sample < len(dataset):
        rng = np.random.default_rng(args.seed)
        numbers = np.sort(rng.choice(numbers, args.sample, replace=False))
    check = check_images if isinstance(dataset, PairedFiles) else check_videos
    found = check(dataset, numbers.tolist(), args.workers)
    listed = dataset.ann_file or dataset.data_prefix['img_path']
    return {'config': args.config, 'split': args.split, 'list': listed, **found}


def show(report: dict[str, Any]) -> None:
    """Print the bad samples of a list, then its counts."""
    for sample in report['undecodable']:
        print(f'{sample["file"]}: {sample["error"]}')
    for key, value in report.items():
        if key != 'undecodable':
            print(f'{key}: {value}')


@command
def main() -> None:
    """Check, print, write the report: of several lists, a report each."""
    args = parse_args()
    with one_line_errors():
        reports = [check_list(one, args) for one in build_datasets(args.config, args.split)]
    if args.report is not None:
        write_json(args.report, reports[0] if len(reports) == 1 else reports)
    for report in reports:
        show(report)
    sys.exit(any(report['undecodable'] for report in reports))


if __name__ == '__main__':
    main()
