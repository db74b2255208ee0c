"""How many clips cost how much: figure B-6 of the thesis, as bars."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure


def draw_distribution(found: Mapping[str, Any], path: str | Path, title: str) -> None:
    """A bar for each bin of cost that holds a clip or lies between two that do.

    Args:
        found: ``clips_in_bin``, ``bin_percent``, ``static_macs``, ``average_macs``.
        path: of the picture.
        title: above it.
    """
    counts, width, static = found['clips_in_bin'], found['bin_percent'], found['static_macs']
    used = [i for i, count in enumerate(counts) if count]
    bins = range(used[0], used[-1] + 1)
    total = sum(counts)
    figure = Figure(figsize=(max(5.0, 0.75 * len(bins) + 2), 3.8), dpi=120, layout='constrained')
    axes = figure.subplots()
    shares = [100 * counts[i] / total for i in bins]
    bars = axes.bar([width * (i + 0.5) for i in bins], shares, width=0.92 * width, color='#3b6ea5')
    labels = [f'{share:.1f} %' if share else '' for share in shares]
    axes.bar_label(bars, labels, fontsize=8, padding=2)
    edges = [width * i for i in (*bins, bins[-1] + 1)]
    scale, unit = (1e9, 'G') if static >= 1e9 else (1e6, 'M')
    names = [f'{edge} %\n{edge / 100 * static / scale:.1f}' for edge in edges]
    axes.set_xticks(edges, names, fontsize=8)
    axes.set_xlabel(f'cost of a clip: % of the static model, below it in {unit}MACs', fontsize=9)
    axes.set_ylabel(f'share of {total} clips, %', fontsize=9)
    mean = 100 * found['average_macs'] / static
    line = axes.axvline(mean, color='#b5442e', linewidth=1.2)
    axes.legend([line], [f'average {mean:.1f} %'], fontsize=8, loc='upper left', frameon=False)
    axes.set_ylim(0, 1.2 * max(shares))
    axes.spines[['top', 'right']].set_visible(False)
    axes.set_title(title, fontsize=10)
    figure.savefig(path)
