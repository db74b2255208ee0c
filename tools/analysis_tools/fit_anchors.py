"""Anchors from the training boxes: ``python tools/analysis_tools/fit_anchors.py CONFIG``."""

import argparse

import numpy as np
from mmengine.config import Config
from mmengine.registry import DATASETS, init_default_scope

from vared_mm.cli import (
    add_overrides,
    command,
    not_negative,
    one_line_errors,
    positive,
    read_config,
)
from vared_mm.datasets.localization import fit_anchors, mean_overlap


def parse_args() -> argparse.Namespace:
    """A localization config; how many anchors, in which unit."""
    parser = argparse.ArgumentParser(description='Fit anchors to the boxes of the training set')
    parser.add_argument('config', help='config file')
    parser.add_argument('--count', type=positive, default=5, help='default: %(default)s')
    parser.add_argument(
        '--grid',
        type=positive,
        default=7,
        help="cells along each side of the head's grid (default: 7)",
    )
    parser.add_argument(
        '--seed', type=not_negative, default=0, help="of the clusters' first centres"
    )
    add_overrides(parser)
    return parser.parse_args()


def box_sizes(cfg: Config, grid: int) -> np.ndarray:
    """Width and height of every training box, in cells of the grid, (M, 2)."""
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    if 'gt_bboxes' not in infos[0]:
        raise ValueError(f'{cfg.filename}: key train_dataloader.dataset has no boxes')
    sizes = [
        (info['gt_bboxes'][:, 2:] - info['gt_bboxes'][:, :2]) / info['frame_size'][::-1]
        for info in infos
    ]
    return np.concatenate(sizes) * grid


@command
def main() -> None:
    """Read the boxes, cluster them, print a line for the config."""
    args = parse_args()
    with one_line_errors():
        cfg = read_config(args.config, args.cfg_options)
        sizes = box_sizes(cfg, args.grid)
        anchors = fit_anchors(sizes, args.count, args.seed)
    shown = ', '.join(f'({width:.5f}, {height:.5f})' for width, height in anchors)
    print(f'anchors=[{shown}]')
    print(
        f'{len(sizes)} boxes; mean overlap with the best anchor: {mean_overlap(sizes, anchors):.3f}'
    )


if __name__ == '__main__':
    main()
