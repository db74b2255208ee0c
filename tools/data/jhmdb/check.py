"""Read a localization data set as training does: exit status 1 if anything in it is wrong."""

import argparse
import sys

from mmengine.registry import DATASETS, init_default_scope

from vared_mm.cli import command, one_line_errors, output_file, read_config, write_json
from vared_mm.datasets import JHMDBDataset
from vared_mm.datasets.localization import check_images


def parse_args() -> argparse.Namespace:
    """Config, split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('--split', choices=['train', 'val', 'test'], default='train')
    parser.add_argument('--annotations-only', action='store_true', help='decode no image')
    parser.add_argument('--report', type=output_file, help='write all names to this JSON file')
    return parser.parse_args()


def build(config: str, split: str) -> JHMDBDataset:
    """The data set of a split."""
    cfg = read_config(config)
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    settings = cfg.get(f'{split}_dataloader', {}).get('dataset')
    if settings is None or settings.type != 'vared_mm.JHMDBDataset':
        raise ValueError(f'{config}: key {split}_dataloader.dataset is no vared_mm.JHMDBDataset')
    return DATASETS.build(settings)


@command
def main() -> None:
    """Check, print, write the report."""
    args = parse_args()
    with one_line_errors():
        dataset = build(args.config, args.split)
        if not args.annotations_only:
            check_images(dataset)
    problems = dataset.problems
    print(f'{dataset.ann_file}: {len(dataset)} frames can be used')
    print(problems.describe() or 'nothing is wrong')
    if args.report is not None:
        report = {'list': dataset.ann_file, 'frames': len(dataset), 'problems': problems.found}
        write_json(args.report, report)
    sys.exit(bool(problems))


if __name__ == '__main__':
    main()
