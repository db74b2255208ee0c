"""The order in which frames are read."""

import numpy as np


def coarse_to_fine(frames: int) -> list[int]:
    """Middle, first, last, then the middles of halves, of quarters, and so on; each frame once.

    Source: FrameExit (arXiv 2104.13400), Algorithm 1. Differs: counts from 0; its public
    code's list for ten frames is another: 5, 0, 9, 2, 7, 4, 6, 3, 8, 1.

    Args:
        frames: T.

    Returns:
        T indices.
    """
    order = [(frames + 1) // 2 - 1, 0, frames - 1]
    parts = 2
    while len(set(order)) < frames:
        ends = np.linspace(1, frames, parts + 1).astype(int)
        order += ((ends[:-1] + ends[1:]) // 2 - 1).tolist()
        parts *= 2
    return list(dict.fromkeys(order))
