"""Executed cost of a layer, against sums by hand."""

import numpy as np
import pytest

from vared_mm.cost import ConvGeometry, LayerCost, SearchSpace

GEOMETRY = ConvGeometry((6, 5, 8, 8), (10, 5, 4, 4), (1, 3, 3))
COST = LayerCost(GEOMETRY, SearchSpace(2, 2))
DENSE = 10 * 5 * 16 * 6 * 9


def test_sizes_of_the_candidates():
    assert COST.dense == DENSE
    assert COST.channels.tolist() == [10, 5]
    assert COST.frames.tolist() == [5, 3]


def test_convolution_part():
    first_t, first_c = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    expected = [DENSE, DENSE // 2, DENSE * 3 // 5, 5 * 3 * 16 * 54]
    assert COST.conv(first_t, first_c).tolist() == expected


@pytest.mark.parametrize(
    ('temporal', 'channel', 'elements'),
    [
        ((1, 0), (1, 0), 0),
        ((1, 0), (1, 1), 5 * 5 * 16),  # five maps rebuilt on all five frames
        ((1, 1), (1, 0), 2 * 10 * 16),  # two frames rebuilt of ten maps
        ((0, 1), (0, 1), 5 * 3 * 16 + 2 * 10 * 16),  # maps on the three frames, then two frames
    ],
)
def test_cheap_part(temporal, channel, elements):
    active = (np.array([axis], dtype=bool) for axis in (temporal, channel))
    assert COST.cheap(*active).tolist() == [9 * elements]
