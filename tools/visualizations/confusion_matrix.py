"""Which classes a recognizer takes for which, and how often it is right about each.

``python tools/visualizations/confusion_matrix.py FILE`` takes what ``tools/test.py`` has written, a
record (``--json``) or predictions (``--dump``), and writes confusion_matrix.json and .png.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vared_mm.cli import one_line_errors
from vared_mm.evaluation import RecognitionMetric, read_dump
from vared_mm.reporting import RunResult, class_rows, mean_class_accuracy, render_table
from vared_mm.visualization import draw_confusion


def parse_args() -> argparse.Namespace:
    """What to read, and where to write."""
    parser = argparse.ArgumentParser(description='Which classes are taken for which')
    parser.add_argument('file', help='record of a test (.json), or dumped predictions (.pkl)')
    parser.add_argument('--label-map', help='for a dump: text file, one class name a line')
    parser.add_argument('--out-dir', help='of JSON and PNG; default: analysis/ beside the file')
    parser.add_argument(
        '--show', type=int, default=10, help='classes to print, worst first; default: %(default)s'
    )
    return parser.parse_args()


def read_confusion(path: str, label_map: str | None) -> dict[str, Any]:
    """Classes and counts of a record or of dumped predictions.

    Raises:
        OSError: if a file can't be read.
        ValueError: if it holds no such thing, or there are other names than classes.
    """
    if Path(path).suffix == '.json':
        if label_map is not None:
            raise ValueError(f'--label-map {label_map}: a record holds the names of its classes')
        found = RunResult.load(path).confusion
        if found is None:
            raise ValueError(f'{path}: key "confusion" is null: test again with RecognitionMetric')
        return found
    metric = RecognitionMetric(topk=(1,))
    metric.process(None, read_dump(path))
    names = Path(label_map).read_text('utf-8').splitlines() if label_map else None
    metric.dataset_meta = {'classes': names}
    metric.compute_metrics(metric.results)
    confusion = metric.confusion.as_json()
    if names is not None and len(names) != len(confusion['classes']):
        count = len(confusion['classes'])
        raise ValueError(f'{label_map}: {len(names)} names for scores of {count} classes')
    return confusion


def main() -> None:
    """Read, draw, write, print the worst classes."""
    args = parse_args()
    with one_line_errors(ValueError, OSError):
        confusion = read_confusion(args.file, args.label_map)
        out_dir = Path(args.out_dir or Path(args.file).parent / 'analysis')
        out_dir.mkdir(parents=True, exist_ok=True)
    rows = class_rows(confusion)
    mean = mean_class_accuracy(rows)
    found = {'mean_class_accuracy': mean, 'by_class': [asdict(row) for row in rows], **confusion}
    (out_dir / 'confusion_matrix.json').write_text(json.dumps(found) + '\n')
    title = f'{Path(args.file).name}: {sum(row.samples for row in rows)} videos'
    draw_confusion(confusion, out_dir / 'confusion_matrix.png', title)
    worst = sorted((row for row in rows if row.samples), key=lambda row: row.accuracy or 0)
    cells = [
        (row.name, row.samples, row.accuracy, row.taken_for, row.taken or None)
        for row in worst[: args.show]
    ]
    print(render_table(['class', 'videos', 'right %', 'taken for', 'times'], cells))
    print(f'\nmean of the classes: {mean:.2f} %\nwritten to {out_dir}')


if __name__ == '__main__':
    main()
