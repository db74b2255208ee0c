"""Anchors that suit a data set's boxes."""

import numpy as np
from scipy.cluster.vq import kmeans2


def fit_anchors(sizes: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Cluster the boxes' sizes by k-means of their logarithms, so that ratios count.

    Source: YOLOv2 (arXiv 1612.08242), Sec. 2. Differs: distance of logarithms, not overlap.
    Shapes: (M, 2) width and height -> (count, 2), smallest area first.

    Args:
        sizes: above 0, in any unit.
        count: number of anchors.
        seed: of the first centres.

    Raises:
        ValueError: if there are fewer different sizes than anchors, or one is not above 0.
    """
    sizes = np.asarray(sizes, float).reshape(-1, 2)
    if (sizes <= 0).any():
        raise ValueError('sizes of boxes must be above 0')
    if len(np.unique(sizes, axis=0)) < count:
        raise ValueError(f'{len(np.unique(sizes, axis=0))} different sizes for {count} anchors')
    centres, _ = kmeans2(np.log(sizes), count, minit='++', seed=seed)
    anchors = np.exp(centres)
    return anchors[anchors.prod(1).argsort()]


def mean_overlap(sizes: np.ndarray, anchors: np.ndarray) -> float:
    """Mean over the boxes of the overlap (IoU) with their best anchor, centred on each other."""
    shared = np.minimum(sizes[:, None], anchors[None]).prod(-1)
    union = sizes.prod(-1)[:, None] + anchors.prod(-1)[None] - shared
    return float((shared / union).max(1).mean())
