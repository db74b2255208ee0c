"""Recognise a video and show what it cost: ``python tools/demo.py VIDEO CONFIG CHECKPOINT``.

A localization config looks at every frame; ``--out`` writes the video with the boxes drawn.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from statistics import mean

import torch
from mmengine.config import Config

from vared_mm.apis import (
    VideoReport,
    accelerate_recognizer,
    detect,
    load_recognizer,
    one_line_errors,
    recognize,
    write_detections,
)
from vared_mm.models import YOWO
from vared_mm.reporting import render_table


def parse_args() -> argparse.Namespace:
    """Positional: video, config, checkpoint."""
    parser = argparse.ArgumentParser(description='Recognise a video and show what it cost')
    parser.add_argument('video', help='video file')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--label-map', help='text file, one class name a line')
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the model first (CPU; compiles for minutes)'
    )
    parser.add_argument('--all-views', action='store_true', help="average all of testing's views")
    parser.add_argument(
        '--device', default='cuda:0' if torch.cuda.is_available() else 'cpu', help='such as cuda:0'
    )
    parser.add_argument('--out', help='localization: write the video with its boxes to this file')
    parser.add_argument(
        '--score', type=float, default=0.3, help='draw boxes from here on (default: %(default)s)'
    )
    parser.add_argument('--json', help='also write the report to this file')
    return parser.parse_args()


def describe(report: VideoReport) -> str:
    """The report as text: top labels, cost by part, choice of each layer."""
    macs = report.macs()
    parts = ('static', 'executed', 'conv', 'cheap', 'gate', 'other')
    top = [(label, 100 * probability) for label, probability in report.top]
    cost = [(part, macs[part] / 1e9, 100 * macs[part] / macs['static']) for part in parts]
    sections = [
        f'{report.video}: {report.views} view(s)',
        render_table(['label', 'probability %'], top),
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
    return '\n\n'.join(sections)


def main() -> None:
    """Load, recognise, print."""
    args = parse_args()
    with one_line_errors():
        if not Path(args.config).is_file():
            raise FileNotFoundError(f'{args.config}: no such config')
        labels = Path(args.label_map).read_text().splitlines() if args.label_map else None
        model = load_recognizer(Config.fromfile(args.config), args.checkpoint, args.device)
        locates = isinstance(model, YOWO)
        if args.out and not locates:
            raise ValueError(f'--out: {args.config} is of no localization model')
        if args.fast:
            model = accelerate_recognizer(model)
        if locates:
            report, detections = detect(model, args.video, labels)
        else:
            report, detections = recognize(model, args.video, labels, args.all_views), []
        if args.out:
            write_detections(args.out, args.video, detections, labels, args.score)
    print(describe(report))
    if args.json:
        found = {**asdict(report), 'macs': report.macs(), 'cost': report.layers()}
        if locates:
            frames = [asdict(one) for one in detections]
            found['frames'] = [{k: v.tolist() for k, v in one.items()} for one in frames]
        Path(args.json).write_text(json.dumps(found, indent=2) + '\n')


if __name__ == '__main__':
    main()
