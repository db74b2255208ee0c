"""Redundancy of every convolution's feature maps, gathered clip by clip."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vared_mm.blockwise import BlockConvolution

from .similarity import map_similarity

DIMENSIONS = ('temporal', 'channel')
#: Means over the pairs of a layer, then what is only counted.
MEANS = ('correlation', 'rmse', 'redundant', 'correlated', 'as_worded')
COUNTS = ('pairs', 'constant', 'not_finite')


class RedundancyMeter:
    """Mean likeness of feature maps by layer, and the clips where it is most and least.

    Source: B. Pan's thesis, section B.1 and table B.1. A feature map is one channel of one frame,
    at the output of a convolution. Along time, the maps of one channel are compared between the
    frames of a clip; along channels, the maps of one frame between the channels. Means are taken
    over the pairs of a clip in a layer, then over clips, then over layers.
    Memory: a few sums a layer, whatever the number of clips.

    Args:
        clip_frames: frames of a clip, for 2-D convolutions that see frames as their batch.
    """

    def __init__(self, clip_frames: int = 1) -> None:
        self.clip_frames = clip_frames
        self.clips = 0
        self._clip: dict[tuple[str, str], np.ndarray] = {}  # of the clip that runs
        self._sums: dict[tuple[str, str], np.ndarray] = {}
        self._ranges: dict[tuple[str, str], list[tuple[float, str]]] = {}

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Within this context the output of every convolution counts.

        Raises:
            ValueError: if the model has dynamic blocks, which leave maps out.
        """

        if any(isinstance(module, BlockConvolution) for module in model.modules()):
            raise ValueError('redundancy: dynamic blocks leave maps out; take the static model')

        def hook_of(name: str):
            return lambda _layer, _inputs, output: self.add(name, output)

        layers = {n: m for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Conv3d)}
        handles = [m.register_forward_hook(hook_of(n)) for n, m in layers.items()]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    @torch.no_grad()
    def add(self, layer: str, output: Tensor) -> None:
        """Count a layer's output of one clip: (1, C, T, H, W), or (T, C, H, W) of a 2-D layer.

        Raises:
            ValueError: if it is of several clips.
        """
        maps_NCTHW = output
        if output.dim() == 4:
            maps_NCTHW = output.unflatten(0, (-1, self.clip_frames)).transpose(1, 2)
        if len(maps_NCTHW) != 1:
            raise ValueError(f'{layer}: {len(maps_NCTHW)} clips at once, must be one')
        maps_CTP = maps_NCTHW[0].flatten(2)
        for dimension, groups in zip(DIMENSIONS, (maps_CTP, maps_CTP.transpose(0, 1)), strict=True):
            found = map_similarity(groups)
            sums = [float(getattr(found, name).sum()) for name in (*MEANS, *COUNTS)]
            self._clip[layer, dimension] = np.array(sums)

    def finish_clip(self, video: str) -> None:
        """Take what was added since the last call as one clip, of this video."""
        self.clips += 1
        ofclip: dict[str, list[np.ndarray]] = {name: [] for name in DIMENSIONS}
        for (layer, dimension), sums in self._clip.items():
            pairs = sums[len(MEANS)]
            entry = self._sums.setdefault((layer, dimension), np.zeros(len(sums) + 1))
            entry[len(MEANS) : -1] += sums[len(MEANS) :]
            if pairs:
                means = sums[: len(MEANS)] / pairs
                entry[: len(MEANS)] += means
                entry[-1] += 1
                ofclip[dimension].append(means)
        for dimension, rows in ofclip.items():
            for name, value in zip(MEANS, np.mean(rows, axis=0), strict=True) if rows else ():
                seen = self._ranges.get((dimension, name), [])
                self._ranges[dimension, name] = _ends([*seen, (float(value), video)])
        self._clip = {}

    def report(self) -> dict[str, Any]:
        """By dimension: the means over layers, their range over clips, and every layer's own."""
        return {dimension: self._report(dimension) for dimension in DIMENSIONS}

    def _report(self, dimension: str) -> dict[str, Any]:
        layers = {
            layer: _layer_values(sums)
            for (layer, of), sums in self._sums.items()
            if of == dimension
        }
        report: dict[str, Any] = {}
        for name in MEANS:
            values = [row[name] for row in layers.values() if row[name] is not None]
            report[name] = float(np.mean(values)) if values else None
        ranges = {}
        for name in MEANS:
            if ends := self._ranges.get((dimension, name)):
                (least, least_video), (most, most_video) = ends[0], ends[-1]
                ranges[name] = {
                    'least': least,
                    'least_video': least_video,
                    'most': most,
                    'most_video': most_video,
                }
        return {**report, 'range_over_clips': ranges, 'layers': layers}


def _ends(values: list[tuple[float, str]]) -> list[tuple[float, str]]:
    ordered = sorted(values, key=lambda pair: pair[0])
    return [ordered[0], ordered[-1]]


def _layer_values(sums: np.ndarray) -> dict[str, float | int | None]:
    clips = sums[-1]
    means = {n: float(s / clips) if clips else None for n, s in zip(MEANS, sums, strict=False)}
    counts = zip(COUNTS, sums[len(MEANS) : -1], strict=True)
    return {**means, **{name: int(count) for name, count in counts}}
