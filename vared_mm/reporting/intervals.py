"""Intervals for differences between methods that were run on the same folds with the same seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its interval."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether both ends lie on one side of zero."""
        return self.low > 0 or self.high < 0


def paired_interval(
    differences_SN: npt.ArrayLike,
    groups: Sequence[str],
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval of a mean difference, by clusters: groups of clips, and seeds.

    Clips of one source are alike, and runs of one seed share what that seed did to them; neither
    are independent, so both are drawn anew, with replacement, in every draw: a draw's mean is over
    the clips of the drawn groups in the runs of the drawn seeds. The interval holds the middle
    ``level`` of the draws' means.

    Shapes: (S, N), S seeds and N clips, such as 1 for a right answer less 1 for the other
    method's; with one seed only groups are drawn.

    Args:
        differences_SN: one method less the other, on the same clip with the same seed.
        groups: source of each clip, (N,).
        level: share of the draws that the interval holds.
        draws: number of draws.
        seed: of the drawing.

    Raises:
        ValueError: if shapes do not fit, or there is no clip.
    """
    values = np.asarray(differences_SN, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(groups) or not values.size:
        raise ValueError(f'differences of shape {values.shape} for {len(groups)} groups of clips')
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.stack([np.bincount(place, row, len(names)) for row in values])  # (S, G)
    sizes = np.bincount(place, minlength=len(names))
    rng = np.random.default_rng(seed)
    drawn_groups = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
    drawn_seeds = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), draws)
    totals = np.einsum('ds,sg,dg->d', drawn_seeds, sums, drawn_groups) / len(values)
    means = totals / (drawn_groups @ sizes)
    edges = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(values.mean()), float(edges[0]), float(edges[1]))
