"""Redundancy of each layer's feature maps, for table B.1 of the thesis."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

PANELS = {
    'correlation': "Pearson's correlation",
    'rmse': 'RMSE (units of the maps)',
    'correlated': 'pairs correlated above 0.85, %',
}
COLOURS = {'temporal': '#3b6ea5', 'channel': '#d08b2c'}


def draw_redundancy(report: Mapping[str, Any], path: str | Path, title: str) -> None:
    """Three panels over the layers, from input to output, both dimensions in each.

    Args:
        report: as :meth:`vared_mm.analysis.RedundancyMeter.report` returns it.
        path: of the picture.
        title: above it.
    """
    layers = list(dict.fromkeys(name for part in report.values() for name in part['layers']))
    width = max(6.0, 0.3 * len(layers) + 2)
    figure = Figure(figsize=(width, 7.5), dpi=120, layout='constrained')
    panels = figure.subplots(len(PANELS), 1, sharex=True)
    places = range(len(layers))
    for axes, (key, label) in zip(panels, PANELS.items(), strict=True):
        factor = 100 if label.endswith('%') else 1
        for dimension, part in report.items():
            values = [part['layers'].get(name, {}).get(key) for name in layers]
            points = [float('nan') if v is None else factor * v for v in values]
            mean = '–' if part[key] is None else f'{factor * part[key]:.3g}'
            name = f'{dimension}, mean {mean}'
            axes.plot(places, points, 'o-', ms=4, lw=1, color=COLOURS[dimension], label=name)
        axes.set_ylabel(label, fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(axis='y', alpha=0.3)
        axes.legend(fontsize=7, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    panels[-1].set_xticks(places, layers, rotation=90, fontsize=7)
    panels[-1].set_xlabel('convolution, from input to output', fontsize=8)
    figure.suptitle(title, fontsize=10)
    figure.savefig(path)
