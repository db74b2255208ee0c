"""Where the cost of a run went, by hand."""

import numpy as np
import torch

from vared_mm.evaluation import CostMetric, cost_profile, cost_row


def sample(label: int | None, conv: list[list[int]]) -> dict:
    """Views of a model of 100 MACs with two dynamic layers, of 40 and 20."""
    executed = np.array(conv)
    cost = {
        'static': 100,
        'dense': 60,
        'conv': executed.sum(axis=1),
        'cheap': np.zeros(len(conv), int),
        'gate': np.ones(len(conv), int),
        'time': np.ones(len(conv)),
        'channel': np.ones(len(conv)),
        'layers': ('a', 'b'),
        'layer_dense': np.array([40, 20]),
        'layer_macs': executed,
        'layer_time': executed / np.array([40, 20]),
        'layer_channel': np.ones_like(executed, dtype=float),
    }
    found = {'cost': cost}
    return found if label is None else {**found, 'gt_label': torch.tensor([label])}


def test_profile_of_a_dynamic_model():
    metric = CostMetric()
    metric.dataset_meta = {'classes': ['x', 'y', 'z']}
    samples = [sample(2, [[40, 20], [20, 10]]), sample(0, [[20, 20]]), sample(2, [[40, 20]])]
    metric.process(None, samples)
    metric.compute_metrics(metric.results)
    profile = metric.profile
    # Thesis' count of the views: 100, 70, 80, 100; gates add 1.
    thesis, full = profile['histogram']['thesis'], profile['histogram']['full']
    assert [i for i, n in enumerate(thesis) for _ in range(n)] == [13, 15, 19, 19]
    assert [i for i, n in enumerate(full) for _ in range(n)] == [14, 16, 20, 20]
    first, second = profile['layers']
    assert (first['name'], first['dense_macs'], first['macs']) == ('a', 40, 30)  # of 30, 20, 40
    assert first['time'] == 0.75 and second['macs'] == 18  # of 15, 20, 20
    by_name = {row['name']: row for row in profile['classes']}
    assert list(by_name) == ['x', 'z']  # y was not tested
    assert by_name['z']['videos'] == 2 and by_name['z']['time'] == [0.875, 0.875]
    assert by_name['x']['macs'] == 40


def test_static_model_and_unlabelled_samples():
    static = {'cost': {'static': 100}}
    profile = cost_profile([cost_row(static)], {'thesis': [np.array([100])]})
    assert profile['layers'] == profile['classes'] == []
    assert profile['histogram']['thesis'][19] == 1
    rows = [cost_row(sample(None, [[40, 20]]))]
    profile = cost_profile(rows, {'thesis': [np.array([100])]})
    assert len(profile['layers']) == 2 and profile['classes'] == []


def test_samples_of_different_sizes_count_against_their_own_static_cost():
    rows = [{'static': 100, 'label': None}, {'static': 1000, 'label': None}]
    found = cost_profile(rows, {'thesis': [np.array([50]), np.array([1000, 500])]})
    assert found['histogram']['thesis'][9] == 2 and found['histogram']['thesis'][19] == 1


def test_a_video_of_several_labels_counts_in_no_class():
    sample = {'cost': {'static': 5}, 'gt_label': torch.tensor([0, 1, 1])}
    assert cost_row(sample) == {'static': 5, 'label': None}
