"""Where the cost of a run went, by hand."""

from dataclasses import replace

import numpy as np
import torch

from tests.cost.records import record
from vared_mm.cost import SampleCost
from vared_mm.evaluation import CostMetric, CostRow, cost_profile


def sample(label: int | None, conv: list[list[int]]) -> dict:
    """Views of a model of 100 MACs with two dynamic layers, of 40 and 20; a gate of 1 in both."""
    executed = np.array(conv)
    layers = replace(record(conv, gate=1), time_share=executed / np.array([40, 20]))
    found = {'cost': SampleCost(100, layers)}
    return found if label is None else {**found, 'gt_label': torch.tensor([label])}


def rows(*samples: dict) -> list[CostRow]:
    metric = CostMetric()
    metric.process(None, samples)
    return metric.results


def test_profile_of_a_dynamic_model():
    metric = CostMetric()
    metric.dataset_meta = {'classes': ['x', 'y', 'z']}
    samples = [sample(2, [[40, 20], [20, 10]]), sample(0, [[20, 20]]), sample(2, [[40, 20]])]
    metric.process(None, samples)
    metric.compute_metrics(metric.results)
    profile = metric.profile
    # Thesis' count of the views: 100, 70, 80, 100; gates add 2.
    thesis, full = profile['histogram']['thesis'], profile['histogram']['full']
    assert [i for i, n in enumerate(thesis) for _ in range(n)] == [13, 15, 19, 19]
    assert [i for i, n in enumerate(full) for _ in range(n)] == [14, 16, 20, 20]
    first, second = profile['layers']
    assert (first['name'], first['dense_macs'], first['macs']) == ('a', 40, 31)  # of 31, 21, 41
    assert first['time'] == 0.75 and second['macs'] == 19  # of 16, 21, 21
    by_name = {row['name']: row for row in profile['classes']}
    assert list(by_name) == ['x', 'z']  # y was not tested
    assert by_name['z']['videos'] == 2 and by_name['z']['time'] == [0.875, 0.875]
    assert by_name['x']['macs'] == 42


def test_static_model_and_unlabelled_samples():
    profile = cost_profile(rows({'cost': SampleCost(100)}))
    assert profile['layers'] == profile['classes'] == []
    assert profile['histogram']['thesis'][19] == 1
    profile = cost_profile(rows(sample(None, [[40, 20]])))
    assert len(profile['layers']) == 2 and profile['classes'] == []


def test_samples_of_different_sizes_count_against_their_own_static_cost():
    small = SampleCost(100, record([[10]], dense=(60,)))
    large = SampleCost(1000, record([[600], [100]], dense=(600,)))
    found = cost_profile(rows({'cost': small}, {'cost': large}))
    assert found['histogram']['thesis'][9] == 2 and found['histogram']['thesis'][19] == 1


def test_a_video_of_several_labels_counts_in_no_class():
    (row,) = rows({'cost': SampleCost(5), 'gt_label': torch.tensor([0, 1, 1])})
    assert row.static_macs == 5 and row.label is None
