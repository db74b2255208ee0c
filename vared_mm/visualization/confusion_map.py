"""Which class was taken for which, as a matrix."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

MOST_NAMES = 400  # class names beyond this many can't be read
MOST_NUMBERS = 25  # classes up to which a cell has room for its number
# Up to so many classes: points of a name, inches of a cell.
SIZES = ((MOST_NUMBERS, 8.0, 0.3), (60, 7.0, 0.16), (float('inf'), 5.0, 0.09))


def draw_confusion(confusion: Mapping[str, Any], path: str | Path, title: str) -> None:
    """True classes from top to bottom, those that they were taken for from left to right.

    Colour is the percent of the true class, on a scale that shows rare confusions too.

    Args:
        confusion: ``classes`` and ``counts``, rows (true, taken for, samples).
        path: of the picture.
        title: above it.
    """
    names = [_short(name) for name in confusion['classes']]
    count = len(names)
    matrix = np.zeros((count, count))
    for true, taken, samples in confusion['counts']:
        matrix[true, taken] += samples
    totals = matrix.sum(axis=1, keepdims=True)
    shares = 100 * np.divide(matrix, totals, out=np.zeros_like(matrix), where=totals > 0)
    font, pitch = next((font, pitch) for most, font, pitch in SIZES if count <= most)
    side = min(max(2.0, pitch * count), 36.0)
    figure = Figure(figsize=(side + 2.8, side + 2.6), dpi=120, layout='constrained')
    axes = figure.subplots()
    norm = PowerNorm(0.5, vmin=0, vmax=100)
    image = axes.imshow(shares, cmap='Blues', norm=norm, interpolation='nearest')
    ticks = range(count) if count <= MOST_NAMES else (0, count - 1)
    shown = names if count <= MOST_NAMES else ['1', str(count)]
    axes.set_xticks(ticks, shown, rotation=90, fontsize=font)
    axes.set_yticks(ticks, shown, fontsize=font)
    axes.tick_params(length=1.5, pad=1)
    if count > SIZES[1][0]:  # too large to follow a row to its name at the other side
        axes.tick_params(labeltop=True, labelright=True, top=True, right=True)
        axes.grid(color='0.85', linewidth=0.2)
        axes.tick_params(axis='x', rotation=90)
    for tick in (*axes.xaxis.get_major_ticks(), *axes.yaxis.get_major_ticks()):
        for label in (tick.label1, tick.label2):
            label.set_parse_math(False)  # a name may hold a $
    axes.set_ylabel(f'true class ({count})', fontsize=9)
    axes.set_xlabel('taken for', fontsize=9)
    if count <= MOST_NUMBERS:
        for (true, taken), samples in np.ndenumerate(matrix):
            if samples:
                colour = 'white' if shares[true, taken] > 40 else 'black'
                place = {'ha': 'center', 'va': 'center', 'color': colour, 'fontsize': 7}
                axes.text(taken, true, f'{samples:.0f}', **place)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02, shrink=min(1.0, 6 / side))
    bar.set_label('% of the true class', fontsize=8)
    bar.ax.tick_params(labelsize=7)
    axes.set_title(title, fontsize=10).set_parse_math(False)
    figure.savefig(path)


def _short(name: str) -> str:
    return name if len(name) <= 32 else name[:31] + '…'
