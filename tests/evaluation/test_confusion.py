"""Counts of classes taken for others."""

import pytest

from vared_mm.evaluation import Confusion


def test_by_hand():
    found = Confusion.of([0, 0, 1, 1, 1], [0, 1, 1, 1, 2], 3, ['a', 'b', 'c'])
    assert found.mean_class_accuracy() == pytest.approx((50 + 200 / 3) / 2)
    rows = [[0, 0, 1], [0, 1, 1], [1, 1, 2], [1, 2, 1]]
    assert found.as_json() == {'classes': ['a', 'b', 'c'], 'counts': rows}


@pytest.mark.parametrize('names', [None, ['a', 'b']])
def test_classes_without_fitting_names_are_numbered(names):
    assert Confusion.of([0], [2], 3, names).classes == ['class 0', 'class 1', 'class 2']
