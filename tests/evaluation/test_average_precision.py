"""Curves and areas computed by hand."""

import math

import numpy as np
import pytest

from vared_mm.evaluation import assign, average_precision, precision_recall


def test_curve_by_hand():
    """Right, wrong, right, of 4 objects: two of them are never found."""
    precision, recall = precision_recall([0.9, 0.5, 0.8], [True, True, False], 4)
    assert precision.tolist() == [1, 1 / 2, 2 / 3] and recall.tolist() == [0.25, 0.25, 0.5]
    area = 0.25 * 1 + 0.25 * 2 / 3
    value = average_precision([0.9, 0.5, 0.8], [True, True, False], 4)
    assert value == pytest.approx(100 * area)


def test_a_later_peak_counts_for_what_is_before_it():
    """Wrong, right, right of 2: precision 1/2 then 2/3; at every recall 2/3 can be had."""
    value = average_precision([3, 2, 1], [False, True, True], 2)
    assert value == pytest.approx(100 * 2 / 3)


def test_extremes():
    assert average_precision([1.0], [True], 1) == 100
    assert average_precision([], [], 3) == average_precision([1.0], [False], 3) == 0
    assert math.isnan(average_precision([1.0], [False], 0))


def test_each_object_is_found_once():
    overlaps = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.6], [0.49, 0.9]])
    assert assign(overlaps, 0.5).tolist() == [0, -1, 1, -1]
    assert assign(overlaps, 0.2).tolist() == [0, 1, -1, -1]


def test_nothing_to_find():
    assert assign(np.zeros((2, 0)), 0.5).tolist() == [-1, -1]
    assert assign(np.zeros((0, 2)), 0.5).tolist() == []
