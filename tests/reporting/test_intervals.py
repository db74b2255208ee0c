"""Intervals resample groups and seeds, not clips."""

import numpy as np
import pytest

from vared_mm.reporting.intervals import paired_interval


def test_a_constant_difference_has_no_width() -> None:
    found = paired_interval(np.full((3, 20), 0.25), [f'g{i % 5}' for i in range(20)])
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)
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
    with pytest.raises(ValueError, match=r'shape \(2, 3\) for 2 groups'):
        paired_interval(np.zeros((2, 3)), ['a', 'b'])
