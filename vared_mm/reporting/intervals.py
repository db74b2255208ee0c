"""Intervals for differences between methods that were run on the same folds with the same seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vared_mm.reporting.scores import Score

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
    one_SNK: npt.ArrayLike,
    other_SNK: npt.ArrayLike,
    groups: Sequence[str],
    score: Score,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval of a difference of scores, by clusters: groups of clips, and seeds.

    Clips of one source are alike, and runs of one seed share what that seed did to them; neither
    are independent, so both are drawn anew, with replacement, in every draw: a draw's score is of
    the counts of all clips of the drawn groups, mean over the drawn seeds. The interval holds the
    middle ``level`` of the draws' differences.

    Shapes: (S, N, K), S seeds, N clips and the K counts that the score is of; both methods tested
    on the same clips with the same seeds. With one seed only groups are drawn.

    Args:
        one_SNK: counts of one method.
        other_SNK: of the other, whose score is subtracted.
        groups: source of each clip, (N,).
        score: of counts that are summed over clips.
        level: share of the draws that the interval holds.
        draws: number of draws.
        seed: of the drawing.

    Raises:
        ValueError: if shapes do not fit, or there is no clip.
    """
    one, other = (np.asarray(counts, dtype=np.float64) for counts in (one_SNK, other_SNK))
    if one.ndim != 3 or one.shape != other.shape or one.shape[1] != len(groups) or not one.size:
        shapes = f'{one.shape} and {other.shape}'
        raise ValueError(f'counts of shapes {shapes} for {len(groups)} groups of clips')
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    rng, seeds = np.random.default_rng(seed), len(one)
    drawn_groups = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
    drawn_seeds = rng.multinomial(seeds, np.full(seeds, 1 / seeds), draws)
    of_group = (place == np.arange(len(names))[:, None]).astype(np.float64)  # (G, N)
    scores = []
    for counts in (one, other):
        sums_DSK = np.stack([drawn_groups @ of_seed for of_seed in of_group @ counts], axis=1)
        scores.append(score.of(sums_DSK))
    means = ((scores[0] - scores[1]) * drawn_seeds).sum(axis=1) / seeds
    edges = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    mean = (score.of(one.sum(axis=1)) - score.of(other.sum(axis=1))).mean()
    return Interval(float(mean), float(edges[0]), float(edges[1]))
