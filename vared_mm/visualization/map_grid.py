"""Feature maps in rows, the rebuilt ones framed: figures B-1, B-2 and B-3 of the thesis."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

FRAME = '#d62728'


@dataclass(frozen=True)
class MapRow:
    """One row of pictures.

    Args:
        name: at the row's left.
        maps: (K, H, W) feature maps, or (K, H, W, 3) frames of the clip in uint8.
        rebuilt: which are framed, (K,).
    """

    name: str
    maps: npt.NDArray[np.generic]
    rebuilt: Sequence[bool]


def draw_maps(
    rows: Sequence[MapRow], columns: Sequence[str], path: str | Path, title: str, note: str = ''
) -> None:
    """Rows of maps on one colour scale, each column with its name.

    Raises:
        ValueError: if there is no feature map.
    """
    values = [row.maps for row in rows if row.maps.ndim == 3]
    if not values:
        raise ValueError('draw_maps: no feature map')
    low, high = (float(f(array)) for f, array in zip((min, max), _ends(values), strict=True))
    aspect = values[0].shape[1] / values[0].shape[2]
    size = (1.15 * len(columns) + 2.4, 1.15 * aspect * len(rows) + 1.3)
    figure = Figure(figsize=size, dpi=120, layout='constrained')
    grid = figure.subplots(len(rows), len(columns), squeeze=False)
    for number, (places, row) in enumerate(zip(grid, rows, strict=True)):
        for place, picture, framed in zip(places, row.maps, row.rebuilt, strict=True):
            shown = place.imshow(picture, cmap='viridis', vmin=low, vmax=high)
            if row.maps.ndim == 3:
                scale = shown
            place.set_xticks([])
            place.set_yticks([])
            if framed:
                box = Rectangle((0, 0), 1, 1, transform=place.transAxes, clip_on=False)
                box.set(fill=False, edgecolor=FRAME, linewidth=2.5)
                place.add_patch(box)
        places[0].set_ylabel(row.name, fontsize=8, rotation=0, ha='right', va='center')
        if number == 0:
            for place, name in zip(places, columns, strict=True):
                place.set_title(name, fontsize=8)
    bar = figure.colorbar(scale, ax=grid, fraction=0.03, pad=0.01)
    bar.set_label('output of the convolution', fontsize=8)
    bar.ax.tick_params(labelsize=7)
    figure.suptitle(title, fontsize=9)
    if note:
        figure.supxlabel(note, fontsize=8)
    figure.savefig(path)


def _ends(values: list[npt.NDArray[np.generic]]) -> tuple[list[float], list[float]]:
    return [float(v.min()) for v in values], [float(v.max()) for v in values]
