"""Which candidates a layer can have."""

import pytest

from vared_mm.cost import SearchSpace, kept_channels, kept_frames


@pytest.mark.parametrize(
    ('channels', 'candidates', 'groups', 'expected'),
    [
        (64, 3, 1, (64, 32, 16)),
        (921, 2, 1, (921, 461)),
        (3, 3, 1, (3, 2, 1)),
        (2, 4, 1, (2, 1)),  # a quarter of two maps is again one map
        (1, 2, 1, (1,)),
        (12, 3, 6, (12, 6, 4)),  # 6, 3, 2 groups of two maps
        (8, 2, 8, (8, 4)),
    ],
)
def test_channels(channels, candidates, groups, expected):
    assert kept_channels(channels, candidates, groups) == expected


@pytest.mark.parametrize(
    ('frames', 'candidates', 'expected'),
    [(8, 3, (8, 4, 2)), (7, 2, (7, 4)), (3, 3, (3, 2)), (1, 2, (1,)), (4, 1, (4,))],
)
def test_frames(frames, candidates, expected):
    assert kept_frames(frames, candidates) == expected


def test_clipped_to_what_a_layer_can_have():
    assert SearchSpace(3, 3).clipped(channels=64, frames=2) == SearchSpace(2, 3)
    assert SearchSpace(2, 2).clipped(channels=1, frames=1) == SearchSpace(1, 1)


@pytest.mark.parametrize('sizes', [(0, 2), (2, 0), (2, 1.5), ('2', 2)])
def test_senseless_search_space(sizes):
    with pytest.raises(ValueError, match='must be an integer >= 1'):
        SearchSpace(*sizes)


def test_multiples():
    """Rounded up, never beyond all; what would keep as many as before is left out."""
    assert kept_channels(50, 3, multiple=8) == (50, 32, 16)
    assert kept_channels(12, 3, multiple=8) == (12, 8)
    assert kept_channels(8, 2, multiple=8) == (8,)
