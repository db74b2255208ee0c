"""Likeness of feature maps against NumPy, pair by pair, and the known cases."""

import numpy as np
import pytest
import torch

from vared_mm.analysis import map_similarity
from vared_mm.analysis.similarity import CORRELATION, RMSE


def reference(maps: np.ndarray) -> dict[str, float]:
    """Every pair of one group's maps, (M, P), by the definitions."""
    sums = dict.fromkeys(
        ('pairs', 'correlation', 'rmse', 'redundant', 'correlated', 'as_worded'), 0.0
    )
    for i in range(len(maps)):
        for j in range(i + 1, len(maps)):
            a, b = maps[i].astype(float), maps[j].astype(float)
            correlation = np.corrcoef(a, b)[0, 1]
            rmse = np.sqrt(np.mean((a - b) ** 2))
            sums['pairs'] += 1
            sums['correlation'] += correlation
            sums['rmse'] += rmse
            sums['correlated'] += correlation > CORRELATION
            sums['redundant'] += correlation > CORRELATION and rmse < RMSE
            sums['as_worded'] += correlation > CORRELATION and rmse > RMSE
    return sums


def values(found, group: int = 0) -> dict[str, float]:
    return {name: float(getattr(found, name)[group]) for name in found.__dataclass_fields__}


def test_equals_numpy():
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(3, 5, 12)).astype(np.float32)
    maps[1, 1] = maps[1, 0] + rng.normal(scale=0.3, size=12)  # correlated, far apart
    maps[1, 2] = maps[1, 0] + rng.normal(scale=1e-4, size=12)  # redundant
    maps[2] += 100  # a mean far from zero costs no precision
    found = map_similarity(torch.from_numpy(maps))
    for group in range(3):
        for name, expected in reference(maps[group]).items():
            assert values(found, group)[name] == pytest.approx(expected, abs=1e-6), name
    middle = values(found, 1)
    assert middle['redundant'] == 1 and middle['as_worded'] >= 1


def test_copied_maps_are_redundant():
    one = torch.randn(1, 1, 50)
    found = values(map_similarity(one.repeat(1, 4, 1)))
    assert found['pairs'] == found['redundant'] == found['correlated'] == 6
    assert found['correlation'] == pytest.approx(6) and found['rmse'] == pytest.approx(0, abs=1e-6)
    assert found['as_worded'] == 0


def test_scaled_and_opposite_maps():
    one = torch.randn(50)
    found = values(map_similarity(torch.stack([one, 3 * one + 1, -one])[None]))
    assert found['correlation'] == pytest.approx(1 - 1 - 1)
    assert (found['redundant'], found['correlated'], found['as_worded']) == (0, 1, 1)


def test_constant_maps_are_left_out_and_counted():
    maps = torch.stack([torch.full((9,), 0.1), torch.full((9,), 0.1), *torch.randn(2, 9)])[None]
    found = values(map_similarity(maps))
    assert (found['pairs'], found['constant'], found['not_finite']) == (1, 5, 0)
    expected = np.corrcoef(maps[0, 2], maps[0, 3])[0, 1]
    assert found['correlation'] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize('bad', [float('nan'), float('inf')])
def test_maps_that_are_not_finite_are_left_out_and_counted(bad):
    maps = torch.randn(1, 4, 9)
    maps[0, 1, 3] = bad
    maps[0, 2] = 5
    found = values(map_similarity(maps))
    assert (found['pairs'], found['constant'], found['not_finite']) == (1, 2, 3)
    assert all(np.isfinite(value) for value in found.values())


def test_maps_of_one_value_have_no_correlation():
    found = values(map_similarity(torch.randn(1, 3, 1)))
    assert (found['pairs'], found['constant']) == (0, 3)
