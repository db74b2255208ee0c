"""The most and the least expensive clips side by side: figures 4-2, B-7 and B-8 of the thesis."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from PIL import Image

Frames = npt.NDArray[np.uint8]  # (T, H, W, 3), RGB
SIDES = {'most': 'most expensive', 'least': 'least expensive'}
MOST_FRAMES = 6


def draw_extremes(
    rows: Sequence[Mapping[str, Any]], clips: Mapping[str, Frames], path: str | Path, title: str
) -> None:
    """A row for each pair of clips of a class: the most expensive to the left.

    Args:
        rows: as :meth:`vared_mm.analysis.ClipCosts.extremes` returns them.
        clips: the frames of every video named there.
        path: of the picture.
        title: above it.
    """
    pairs = [
        (row['class'], most, least)
        for row in rows
        for most, least in zip(row['most'], row['least'], strict=True)
    ]
    figure = Figure(figsize=(11, 0.7 + 1.25 * len(pairs)), dpi=120, layout='constrained')
    grid = figure.subplots(len(pairs), 2, squeeze=False)
    for axes, (name, most, least) in zip(grid, pairs, strict=True):
        for place, side, clip in zip(axes, SIDES.values(), (most, least), strict=True):
            place.imshow(film_strip(clips[clip['video']]))
            place.set_axis_off()
            share = f'{100 * clip["share"]:.1f} % of the static cost'
            place.set_title(f'{name}, {side}: {share}', fontsize=9)
    figure.suptitle(title, fontsize=10)
    figure.savefig(path)


def film_strip(frames: Frames) -> Frames:
    """At most six frames of a clip side by side, evenly spread."""
    chosen = np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES)).round().astype(int)
    gap = np.full((frames.shape[1], 1, 3), 255, np.uint8)
    parts = [part for index in chosen for part in (frames[index], gap)]
    return np.concatenate(parts[:-1], axis=1)


def save_animation(frames: Frames, path: str | Path, height: int = 96, fps: float = 6) -> None:
    """A clip as an animated picture that repeats, GIF or WebP by the file's suffix."""
    width = round(frames.shape[2] * height / frames.shape[1])
    pictures = [Image.fromarray(frame).resize((width, height)) for frame in frames]
    if len(pictures) == 1:
        pictures[0].save(path)
        return
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=round(1000 / fps), loop=0
    )
