"""Cost by bins and by classes, by hand."""

import numpy as np
import pytest

from vared_mm.cost import cost_histogram, mean_by_class


def test_bins_of_five_percent_close_above():
    counts = cost_histogram([1, 50, 51, 55, 56, 1000], static=1000)
    assert len(counts) == 20
    assert counts[0] == 2  # 0.1 % and just 5 %
    assert counts[1] == 3  # 5.1, 5.5, 5.6 %
    assert counts[19] == 1  # the static model itself is not above it
    assert sum(counts) == 6


def test_what_costs_more_than_the_static_model_has_its_own_bins():
    counts = cost_histogram([1001, 1060], static=1000)
    assert len(counts) == 22 and counts[20:] == [1, 1]


def test_large_counts_stay_exact():
    static = 2**52 + 1
    assert cost_histogram([static], static)[19] == 1
    assert cost_histogram([static + 1], static)[20] == 1


@pytest.mark.parametrize(('macs', 'static'), [([1], 0), ([-1], 10)])
def test_no_cost_is_below_zero(macs, static):
    with pytest.raises(ValueError, match='must be positive'):
        cost_histogram(macs, static)


def test_mean_by_class():
    classes, means = mean_by_class([[1, 2], [3, 4], [10, 0]], [7, 7, 2])
    assert classes == [2, 7]
    np.testing.assert_array_equal(means, [[10, 0], [2, 3]])
    classes, means = mean_by_class(np.empty((0, 3)), [])
    assert classes == [] and means.shape == (0, 3)
