"""The curves of a training, from the log that mmengine leaves in the work folder."""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

POINTS = 120  # kept of a curve
#: What says how a training went; rates, times and memory are left out.
SHOWN = ('loss', 'acc/', 'cost/share', 'cost/executed_share', 'gate/', 'mAP', 'mIoU', 'top1_acc')
HIDDEN = ('cost/motion',)


def read_curves(folder: Path) -> dict[str, list[list[float]]]:
    """Curves of a work folder: name -> [step, value], thinned out evenly; empty without a log.

    Steps are iterations for what training logs, epochs for what validation does. A training that
    was stopped and resumed has several logs; where they overlap, the later one counts.
    """
    curves: dict[str, dict[int, float]] = {}
    for log in sorted(folder.glob('*/vis_data/scalars.json')):
        for entry in _entries(log):
            for name, value in entry.items():
                if name.startswith(SHOWN) and not name.startswith(HIDDEN):
                    curves.setdefault(name, {})[int(entry['step'])] = value
    return {name: _thin(sorted(points.items())) for name, points in sorted(curves.items())}


def _entries(log: Path) -> Iterator[dict[str, Any]]:
    for line in log.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # the last line of a run that was killed
            continue
        if isinstance(entry, dict) and 'step' in entry:
            yield {k: v for k, v in entry.items() if isinstance(v, int | float) and isfinite(v)}


def _thin(points: list[tuple[int, float]]) -> list[list[float]]:
    stride = -(-len(points) // POINTS)
    kept = points[::-1][::stride][::-1] if stride else []  # the last point stays
    return [[step, float(f'{value:.4g}')] for step, value in kept]
