"""The gate: how it starts, what it says, how it recovers."""

from math import atanh

import pytest
import torch

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import ConstantGate, SoftModulationGate

CLIPS = torch.randn(5, 3, 4, 6, 6, generator=torch.Generator().manual_seed(0))


def make_gate(temporal: int = 2, channel: int = 3, **options) -> SoftModulationGate:
    torch.manual_seed(0)
    return SoftModulationGate(3, 4, SearchSpace(temporal, channel), **options)


@pytest.mark.parametrize('training', [True, False])
def test_starts_as_an_equal_mix(training):
    decision = make_gate().train(training)(CLIPS)
    assert torch.allclose(decision.temporal, torch.full((5, 2), 1 / 2), atol=0.01)
    assert torch.allclose(decision.channel, torch.full((5, 3), 1 / 3), atol=0.01)
    assert not decision.fallback.any()


def test_formula_by_hand():
    gate = make_gate().eval()
    with torch.no_grad():
        gate.excite.normal_()
    descriptor = CLIPS.mean((3, 4)).reshape(5, 12)
    hidden = descriptor @ gate.squeeze.T
    hidden = (hidden - gate.norm.running_mean) / (gate.norm.running_var + 1e-5).sqrt()
    z = torch.tanh(hidden) @ gate.excite.T + gate.beta
    expected = torch.tanh(z).clamp(min=0)
    decision = gate(CLIPS)
    weights = torch.cat([decision.temporal, decision.channel], dim=1)
    alive = torch.cat(
        [~decision.fallback[:, :1].expand(5, 2), ~decision.fallback[:, 1:].expand(5, 3)], 1
    )
    assert torch.allclose(weights[alive], expected[alive], atol=1e-6)
    assert (weights == 0).any(), 'exact zeros are what saves computation'


def test_axis_with_one_candidate_has_weight_one():
    decision = make_gate(temporal=1)(CLIPS)
    assert decision.temporal.tolist() == [[1.0]] * 5
    assert decision.channel.shape == (5, 3)


def test_all_zero_axis_falls_back_and_recovers():
    gate = make_gate()
    with torch.no_grad():
        gate.beta.fill_(-1.0)
        gate.excite.zero_()
    decision = gate(CLIPS)
    assert decision.fallback.all()
    assert torch.allclose(decision.temporal, torch.tensor([[0.0, 1 / 2]]).expand(5, 2))
    assert torch.allclose(decision.channel, torch.tensor([[0.0, 0.0, 1 / 3]]).expand(5, 3))
    (decision.temporal.sum() + decision.channel.sum()).backward()
    # d tanh(beta) / d beta at -1, summed over five clips, for the last candidates only
    slope = 5 * (1 - torch.tanh(torch.tensor(-1.0)) ** 2)
    expected = torch.tensor([0, 1, 0, 0, 1]) * slope
    assert torch.allclose(gate.beta.grad, expected, atol=1e-3)


def test_cost_by_hand():
    pooled, descriptor, hidden, outputs = 3 * 4 * 36, 12, 16, 5
    expected = (pooled + descriptor) + descriptor * hidden + 2 * hidden + hidden * outputs
    assert make_gate()(CLIPS).gate_macs == expected


def test_temporal_bins_shrink_the_descriptor():
    gate = make_gate(temporal_bins=2)
    assert gate.squeeze.shape == (16, 6)
    assert gate(CLIPS).temporal.shape == (5, 2)


def test_one_clip_in_training_uses_running_statistics():
    gate = make_gate()
    one = gate.train()(CLIPS[:1])
    assert torch.allclose(one.channel, gate.eval()(CLIPS[:1]).channel)


def test_stays_in_fp32_under_autocast():
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert make_gate()(CLIPS.bfloat16()).channel.dtype == torch.float32


def test_clip_of_another_length():
    with pytest.raises(ValueError, match=r'\(3, 4\), got \(3, 5\)'):
        make_gate()(torch.randn(2, 3, 5, 6, 6))


@pytest.mark.parametrize('options', [{'hidden': 0}, {'temporal_bins': 0}])
def test_senseless_sizes(options):
    with pytest.raises(ValueError, match='must be an integer above 0'):
        make_gate(**options)


def test_nothing_to_decide():
    with pytest.raises(ValueError, match='nothing to decide'):
        make_gate(temporal=1, channel=1)


def test_constant_gates():
    mix = ConstantGate.equal_mix(SearchSpace(2, 4))(CLIPS)
    assert mix.temporal.tolist() == [[0.5, 0.5]] * 5
    assert mix.channel.tolist() == [[0.25] * 4] * 5
    hot = ConstantGate.one_hot(SearchSpace(2, 2), temporal=1, channel=7)(CLIPS)
    assert hot.patterns() == [((1,), (1,))] * 5
    assert hot.gate_macs == 0
    with pytest.raises(ValueError, match='no weight above 0'):
        ConstantGate((0.0,), (1.0,))


def test_beta_starts_where_the_weights_sum_to_one():
    assert torch.allclose(make_gate().beta[:2], torch.tensor(atanh(1 / 2)))
