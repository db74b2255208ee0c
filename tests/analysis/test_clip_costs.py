"""Figures from the costs of clips, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cost.records import record
from vared_mm.analysis import ClipCosts


def costs(conv: list[list[int]], labels: list[int]) -> ClipCosts:
    """A model of 100 MACs, 60 of them in two dynamic layers of 40 and 20."""
    time_share = np.array(conv) / np.array([40, 20])
    layers = replace(record(conv, cheap=2, gate=1), time_share=time_share)
    videos = [f'{i}.mp4' for i in range(len(conv))]
    return ClipCosts(layers, 100, videos, labels, ['x', 'y', 'z'])


def test_macs_of_the_whole_model():
    found = costs([[40, 20], [20, 10]], [0, 1])
    assert found.thesis_macs.tolist() == [100, 70]
    assert found.macs.tolist() == [106, 76]


def test_policy_by_class():
    policy = costs([[40, 20], [20, 10], [40, 10]], [2, 0, 2]).policy()
    assert policy['classes'] == ['x', 'z'] and policy['clips_of_class'] == [1, 2]
    assert policy['time'] == [[0.5, 0.5], [1.0, 0.75]]
    assert policy['layers'] == ['a', 'b']


def test_distribution():
    found = costs([[40, 20], [20, 10], [20, 10]], [0, 0, 0]).distribution()
    assert found['clips_in_bin'][13] == 2 and found['clips_in_bin'][19] == 1
    assert (found['least_macs'], found['most_macs']) == (70, 100)
    assert found['average_macs'] == pytest.approx(80)


def test_extremes_are_sorted_by_how_much_a_class_differs():
    found = costs([[40, 20], [40, 10], [40, 20], [20, 10], [20, 20]], [0, 0, 1, 1, 2])
    rows = found.extremes(classes=5)
    assert [row['class'] for row in rows] == ['y', 'x']  # z has one clip only
    first = rows[0]
    assert first['most'] == [{'video': '2.mp4', 'share': 1.0}]
    assert first['least'] == [{'video': '3.mp4', 'share': 0.5}]
    assert len(found.extremes(classes=1)) == 1
    assert found.extremes(classes=5, each=2) == []
