"""Recognise a video, find who acts in it, or segment an image, and show what it cost.

``python tools/demo.py FILE CONFIG CHECKPOINT``; the config tells which of them. A localization
config looks at every frame of a video.
"""

import argparse
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

import cv2

from vared_mm.apis import (
    CostReport,
    ImageReport,
    VideoReport,
    accelerate_recognizer,
    detect,
    fold_convolutions,
    keep_freed_memory,
    load_recognizer,
    load_segmentor,
    recognize,
    segment,
)
from vared_mm.cli import (
    add_device,
    command,
    finite,
    one_line_errors,
    output_file,
    read_config,
    require_keys,
    write_json,
)
from vared_mm.datasets.video_list import read_classes
from vared_mm.models import YOWO
from vared_mm.reporting import render_table


def parse_args() -> argparse.Namespace:
    """Positional: video or image, config, checkpoint."""
    parser = argparse.ArgumentParser(description='Run a model on one file and show what it cost')
    parser.add_argument('file', help='video file, or image file')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--label-map', help='text file, one class name a line')
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the model first; compiling takes minutes'
    )
    parser.add_argument('--all-views', action='store_true', help="average all of testing's views")
    add_device(parser)
    parser.add_argument(
        '--out',
        type=output_file,
        help='localization: write the video with its boxes to this file; segmentation: the image '
        'with its classes (default: FILE_overlay.png, here)',
    )
    parser.add_argument(
        '--score',
        type=finite,
        default=0.3,
        help='least score drawn (default: %(default)s)',
    )
    parser.add_argument('--json', type=output_file, help='also write the report to this file')
    return parser.parse_args()


def describe_video(report: VideoReport) -> list[str]:
    """The top labels."""
    top = [(label, 100 * probability) for label, probability in report.top]
    return [
        f'{report.video}: {report.views} view(s)',
        render_table(['label', 'probability %'], top),
    ]


def describe_image(report: ImageReport, overlay: str) -> list[str]:
    """The classes by their area."""
    areas = [(name, 100 * share) for name, share in report.areas]
    return [f'{report.image}: overlay in {overlay}', render_table(['class', 'pixels %'], areas)]


def describe_cost(report: CostReport) -> list[str]:
    """Cost by part, choice of each layer."""
    macs = report.macs()
    parts = ('static', 'executed', 'conv', 'cheap', 'gate', 'other')
    cost = [(part, macs[part] / 1e9, 100 * macs[part] / macs['static']) for part in parts]
    sections = [
        'Cost of one view, in GFLOPs as papers say (1e9 multiply-accumulates). Executed is conv + '
        'cheap + gate\nof the dynamic layers, and other: what no gate decides on.',
        render_table(['part', 'GFLOPs', '% of static'], cost, digits=4),
    ]
    if layers := report.layers():
        rows = [
            (
                layer['layer'],
                mean(layer['time_stride']),
                mean(layer['channel_share']),
                layer['dense_macs'] / 1e9,
                layer['executed_macs'] / 1e9,
            )
            for layer in layers
        ]
        columns = ['layer', 'time stride R', 'channel share r', 'dense GFLOPs', 'executed GFLOPs']
        sections.append(render_table(columns, rows, digits=4))
    return sections


def run(args: argparse.Namespace) -> tuple[CostReport, list[str], dict[str, Any]]:
    """The report, its own sections as text, and what only its JSON holds."""
    cfg = read_config(args.config)
    require_keys(cfg, 'model')
    labels = read_classes(args.label_map) if args.label_map else None
    segments = 'decode_head' in cfg.model
    model = (load_segmentor if segments else load_recognizer)(cfg, args.checkpoint, args.device)
    locates = isinstance(model, YOWO)
    if args.out and not (segments or locates):
        raise ValueError(f'--out: {args.config}: supported for localization and segmentation only')
    if args.out and segments and not cv2.haveImageWriter(args.out):
        raise ValueError(f'--out {args.out}: not an image format; use one such as .png')
    fold_convolutions(model)
    if args.fast:
        model = accelerate_recognizer(model)
    if segments:
        overlay = args.out or f'{Path(args.file).stem}_overlay.png'
        image = segment(model, args.file, overlay, labels)
        return image, describe_image(image, overlay), {}
    if not locates:
        video = recognize(model, args.file, labels, args.all_views)
        return video, describe_video(video), {}
    video, detections = detect(model, args.file, labels, out=args.out, threshold=args.score)
    frames = [{k: v.tolist() for k, v in asdict(one).items()} for one in detections]
    return video, describe_video(video), {'frames': frames}


@command
def main() -> None:
    """Load, run, print."""
    args = parse_args()
    keep_freed_memory()
    with one_line_errors():
        report, sections, more = run(args)
    print('\n\n'.join([*sections, *describe_cost(report)]))
    if args.json:
        found = {**asdict(report), 'macs': report.macs(), 'cost': report.layers(), **more}
        write_json(args.json, found)


if __name__ == '__main__':
    main()
