"""Cost metric by hand."""

import pytest

from tests.cost.records import record
from vared_mm.cost import SampleCost
from vared_mm.evaluation import CostMetric


def sample(conv: list[int], motion: int = 0, backbone: int = 0) -> dict:
    """Views of a model of 100 GMACs, 60 of them dynamic; cheap 1, gate 0.5 a view."""
    giga = 10**9
    layers = record(
        [[one * giga] for one in conv],
        dense=(60 * giga,),
        cheap=giga,
        gate=giga // 2,
        time_share=0.5,
        channel_share=0.75,
    )
    return {'cost': SampleCost(100 * giga, layers, backbone * giga), 'motion': motion}


def evaluate(metric: CostMetric, samples: list[dict]) -> dict[str, float]:
    metric.process(None, samples)
    return metric.compute_metrics(metric.results)


def test_average_maximum_and_minimum_over_all_views():
    metrics = evaluate(CostMetric(), [sample([60, 30]), sample([15, 15])])
    assert metrics['thesis_gflops/average'] == pytest.approx(70)
    assert metrics['thesis_gflops/maximum'] == pytest.approx(100)
    assert metrics['thesis_gflops/minimum'] == pytest.approx(55)
    assert metrics['gflops/average'] == pytest.approx(71.5)
    assert metrics['share'] == pytest.approx(0.715)
    assert (metrics['time'], metrics['channel']) == (0.5, 0.75)


def test_groups_by_a_key_of_the_annotation():
    samples = [sample([60], motion=1), sample([20], motion=0), sample([40], motion=0)]
    metrics = evaluate(CostMetric(group_by='motion'), samples)
    assert metrics['motion=0/thesis_gflops/average'] == pytest.approx(70)
    assert metrics['motion=1/thesis_gflops/average'] == pytest.approx(100)


def test_static_model():
    metrics = evaluate(CostMetric(), [{'cost': SampleCost(5 * 10**9)}])
    assert metrics['gflops/average'] == metrics['thesis_gflops/maximum'] == 5
    assert metrics['share'] == 1


def test_missing_cost_and_key():
    with pytest.raises(ValueError, match='CostRecordHook'):
        CostMetric().process(None, [{}])
    with pytest.raises(ValueError, match="no 'speed' in the annotation"):
        CostMetric(group_by='speed').process(None, [sample([60])])


def test_share_of_the_backbone():
    """80 of the 100 GMACs are the backbone's, 60 of these dynamic; 28.5 and 43.5 are saved."""
    samples = [sample([30], backbone=80), sample([15], backbone=80)]
    metrics = evaluate(CostMetric(), samples)
    assert metrics['backbone_share'] == pytest.approx(1 - (28.5 + 43.5) / 2 / 80)
    static = evaluate(CostMetric(), [{'cost': SampleCost(5 * 10**9, backbone_macs=4 * 10**9)}])
    assert static['backbone_share'] == 1
    assert 'backbone_share' not in evaluate(CostMetric(), [sample([30])])


def test_another_place_of_the_cost():
    crop = {'cost': SampleCost(5 * 10**9), 'cost_of_crop': SampleCost(3 * 10**9)}
    assert evaluate(CostMetric(source='cost_of_crop'), [crop])['gflops/average'] == 3
    with pytest.raises(ValueError, match='CropCostRecordHook'):
        CostMetric(source='cost_of_crop').process(None, [{'cost': SampleCost(5 * 10**9)}])
