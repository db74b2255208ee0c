"""Intervals resample groups and seeds, not clips."""

import numpy as np
import pytest

from vared_mm.reporting.intervals import Interval
from vared_mm.reporting.intervals import paired_interval as interval_of_counts
from vared_mm.reporting.scores import MEAN_IOU, Score

MEAN = Score('mean', lambda counts: counts[..., 0] / counts[..., 1])


def paired_interval(differences_SN, groups, **options) -> Interval:
    """Of the mean of differences that are known clip by clip."""
    values = np.asarray(differences_SN, dtype=float)
    one, other = (np.stack([v, np.ones_like(v)], axis=-1) for v in (values, 0 * values))
    return interval_of_counts(one, other, groups, MEAN, **options)


def test_a_constant_difference_has_no_width() -> None:
    found = paired_interval(np.full((3, 20), 0.25), [f'g{i % 5}' for i in range(20)])
    assert (found.mean, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.excludes_zero


def test_copies_of_a_clip_add_nothing() -> None:
    """Ten clips of each source that are all alike tell as much as one of each."""
    rng = np.random.default_rng(0)
    one = rng.choice([-1, 0, 1], (2, 30))
    groups = [f'g{i}' for i in range(30)]
    alone = paired_interval(one, groups)
    copied = paired_interval(np.repeat(one, 10, axis=1), np.repeat(groups, 10).tolist())
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))
    if_clips = paired_interval(
        np.repeat(one, 10, axis=1), [f'c{i}' for i in range(300)]
    )  # what resampling clips would say
    assert if_clips.high - if_clips.low < 0.7 * (alone.high - alone.low)


def test_seeds_that_disagree_widen_the_interval() -> None:
    groups = [f'g{i}' for i in range(200)]
    agreeing, other = np.zeros((4, 200)), np.zeros((4, 200))
    other[:2], other[2:] = 0.1, -0.1
    assert paired_interval(agreeing, groups).high == 0
    found = paired_interval(other, groups)
    assert found.low < -0.05 and found.high > 0.05


def test_it_covers_the_true_difference_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(1), 0
    for trial in range(200):
        of_group = rng.normal(0.1, 0.3, 40)
        values = of_group.repeat(3) + rng.normal(0, 0.2, (1, 120))
        found = paired_interval(values, [f'g{i // 3}' for i in range(120)], draws=400, seed=trial)
        held += found.low <= 0.1 <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_groups_must_fit() -> None:
    with pytest.raises(ValueError, match=r'\(2, 3, 2\) for 2 groups'):
        paired_interval(np.zeros((2, 3)), ['a', 'b'])


def test_a_score_that_is_no_mean_is_of_the_drawn_counts() -> None:
    """The mean IoU of resampled groups and seeds, against a loop that draws as it does."""
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 50, (2, 3, 12, 16))
    one[..., 3::4] = one[..., 12:] = 0  # one class is never there, nor said to be
    groups = [f'g{i // 3}' for i in range(12)]
    found = interval_of_counts(one, other, groups, MEAN_IOU, draws=300, seed=7)

    def iou(counts: np.ndarray) -> float:
        matrix = counts.sum(axis=0).reshape(4, 4)
        unions = [matrix[k].sum() + matrix[:, k].sum() - matrix[k, k] for k in range(4)]
        return 100 * np.mean([matrix[k, k] / u for k, u in enumerate(unions) if u])

    draw, drawn = np.random.default_rng(7), []
    of_groups = draw.multinomial(4, [1 / 4] * 4, 300)
    of_seeds = draw.multinomial(3, [1 / 3] * 3, 300)
    for group_times, seed_times in zip(of_groups, of_seeds, strict=True):
        rows = np.repeat(np.arange(12), group_times.repeat(3))
        gains = [iou(one[s][rows]) - iou(other[s][rows]) for s in range(3)]
        drawn.append(np.average(gains, weights=seed_times))
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]))
    gains = [iou(a) - iou(b) for a, b in zip(one, other, strict=True)]
    assert found.mean == pytest.approx(np.mean(gains))
