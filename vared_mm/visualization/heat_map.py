"""Share computed by layer and class: figures 4-1, B-4 and B-5 of the thesis."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

TITLES = {'time': 'Along time: frames', 'channel': 'Along channels'}
MOST_NAMES = 60  # class names beyond this many can't be read


def draw_policy(policy: Mapping[str, Any], path: str | Path, title: str) -> None:
    """Two heat maps, layers from left to right, classes from top to bottom.

    Darker is more computed, as in the thesis, on one scale from the least share to 100 %.

    Args:
        policy: ``layers``, ``classes``, and shares computed (classes, layers) as ``time`` and
            ``channel``, in [0, 1].
        path: of the picture.
        title: above all.
    """
    layers, classes = policy['layers'], policy['classes']
    shares = {axis: 100 * np.asarray(policy[axis], dtype=float) for axis in TITLES}
    least = 10 * np.floor(min(values.min() for values in shares.values()) / 10)
    width = max(4.0, 0.28 * len(layers) + 1.5)
    height = min(max(3.0, 0.22 * len(classes) + 2.4), 24)
    figure = Figure(figsize=(2 * width + 2, height), dpi=120, layout='constrained')
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, (axis, name) in zip((left, right), TITLES.items(), strict=True):
        values = shares[axis]
        image = axes.imshow(values, cmap='Blues', vmin=min(least, 90), vmax=100, aspect='auto')
        axes.set_title(name, fontsize=10)
        axes.set_xticks(range(len(layers)), layers, rotation=90, fontsize=7)
        axes.set_xlabel('dynamic layer, from input to output', fontsize=8)
    if len(classes) <= MOST_NAMES:
        left.set_yticks(range(len(classes)), classes, fontsize=7)
    else:
        left.set_yticks([0, len(classes) - 1], ['1', str(len(classes))], fontsize=7)
    left.set_ylabel(f'class ({len(classes)})', fontsize=8)
    bar = figure.colorbar(image, ax=(left, right), fraction=0.04, pad=0.02)
    bar.set_label('share computed, %, mean over the clips of a class', fontsize=8)
    figure.suptitle(title, fontsize=11)
    figure.savefig(path)
