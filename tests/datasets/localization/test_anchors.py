"""Anchors by k-means."""

import numpy as np
import pytest

from vared_mm.datasets.localization import fit_anchors, mean_overlap


def test_groups_are_found():
    rng = np.random.default_rng(0)
    centres = np.array([[1.0, 3], [2, 2], [5, 6]])
    sizes = np.concatenate([c * np.exp(rng.normal(0, 0.02, (50, 2))) for c in centres])
    anchors = fit_anchors(sizes, 3)
    np.testing.assert_allclose(anchors, centres, rtol=0.02)  # smallest area first
    assert mean_overlap(sizes, anchors) > 0.95


def test_more_anchors_fit_better():
    sizes = np.random.default_rng(0).uniform(1, 6, (300, 2))
    overlaps = [mean_overlap(sizes, fit_anchors(sizes, count)) for count in (1, 3, 9)]
    assert overlaps == sorted(overlaps) and overlaps[-1] > overlaps[0] + 0.1


def test_mean_overlap_by_hand():
    sizes = np.array([[2.0, 2], [1, 4]])
    assert mean_overlap(sizes, np.array([[2.0, 4], [1, 4]])) == pytest.approx((4 / 8 + 1) / 2)


@pytest.mark.parametrize(
    ('sizes', 'message'), [([[1, 1]] * 9, '1 different sizes for 2'), ([[0, 1]], 'above 0')]
)
def test_bad_sizes(sizes, message):
    with pytest.raises(ValueError, match=message):
        fit_anchors(np.array(sizes), 2)
