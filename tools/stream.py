"""Look at live video: ``python tools/stream.py SOURCE CONFIG CHECKPOINT``.

SOURCE is the number of a camera, an RTSP or HTTP address, a file, or ``-`` for standard input. Each
prediction is a line of JSON, or is drawn on the pictures with ``--show`` or ``--out``. Ctrl-C ends.
"""

import argparse
import json
import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TextIO

from vared_mm.apis import accelerate_recognizer, fold_convolutions, keep_freed_memory, load_model
from vared_mm.cli import (
    add_device,
    add_overrides,
    command,
    finite,
    one_line_errors,
    output_file,
    positive,
    read_config,
    require_keys,
)
from vared_mm.datasets import VideoError
from vared_mm.datasets.video_list import read_classes
from vared_mm.streaming import FrameSource, StreamPredictor, VideoSink, draw_prediction, show


def parse_args() -> argparse.Namespace:
    """Positional: source, config, checkpoint."""
    parser = argparse.ArgumentParser(description='Run a model on live video')
    parser.add_argument(
        'source', help='camera number, address, video file, or - for standard input'
    )
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--label-map', help='text file, one class name a line')
    parser.add_argument(
        '--every', type=positive, help="frames between predictions (default: a clip's interval)"
    )
    parser.add_argument('--json', type=output_file, help='file for the lines (default: printed)')
    parser.add_argument('--out', type=output_file, help='write the pictures into this video file')
    parser.add_argument('--show', action='store_true', help='show them in a window; q ends')
    parser.add_argument(
        '--score',
        type=finite,
        default=0.3,
        help='least score of a drawn box (default: %(default)s)',
    )
    parser.add_argument(
        '--timeout', type=finite, default=5, help='seconds without an answer (default: %(default)s)'
    )
    parser.add_argument(
        '--live', action='store_true', help='drop frames of a file too, rather than wait for them'
    )
    parser.add_argument(
        '--fast', action='store_true', help='accelerate the model first; compiling takes minutes'
    )
    add_device(parser)
    add_overrides(parser)
    return parser.parse_args()


def lines_file(args: argparse.Namespace) -> AbstractContextManager[TextIO]:
    """Where lines go: to standard output, unless another output was asked for."""
    if args.json:
        return open(args.json, 'w', encoding='utf-8')
    return open(os.devnull, 'w') if args.out or args.show else nullcontext(sys.stdout)


def run(args: argparse.Namespace, source: FrameSource, predictor: StreamPredictor) -> int:
    """Follow the source to its end or to Ctrl-C; the number of predictions."""
    made, last = 0, None
    signal.signal(signal.SIGINT, lambda *_: source.stop())
    drawn = VideoSink(args.out, source) if args.out else nullcontext()
    with source, lines_file(args) as lines, drawn as video:
        for frame in source:
            if (prediction := predictor.add(frame)) is not None:
                last, made = prediction, made + 1
                line = last.to_dict() | {'dropped': source.dropped}
                print(json.dumps(line, ensure_ascii=False), file=lines, flush=True)
            if args.out or args.show:
                picture = draw_prediction(frame.image, last, predictor.labels, args.score)
                if video is not None:
                    video.write(picture)
                if args.show and not show(picture):
                    break
    return made


@command
def main() -> None:
    """Load, follow, say what was seen."""
    args = parse_args()
    keep_freed_memory()
    with one_line_errors():
        cfg = read_config(args.config, args.cfg_options)
        require_keys(cfg, 'model')
        labels = read_classes(args.label_map) if args.label_map else None
        model = load_model(cfg, args.checkpoint, args.device)
        fold_convolutions(model)
        if args.fast:
            model = accelerate_recognizer(model)
        predictor = StreamPredictor(model, labels, args.every)
        source = FrameSource(args.source, args.timeout, drops=args.live or None)
    with one_line_errors(VideoError, ValueError):
        made = run(args, source, predictor)
    print(
        f'{args.source}: {made} predictions, {source.dropped} frames dropped, '
        f'{source.reconnected} times reconnected',
        file=sys.stderr,
    )


if __name__ == '__main__':
    main()
