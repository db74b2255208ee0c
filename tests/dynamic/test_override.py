"""Overrides are followed in place of a gate, which runs or does not, and are taken back."""

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import (
    ConstantGate,
    DynamicConv2d,
    DynamicConv3d,
    DynamicConvolution,
    EagerBackend,
    Override,
    convert_to_dynamic,
    overridden,
)

CLIPS = torch.randn(3, 4, 4, 5, 5)


@pytest.fixture
def layer() -> DynamicConvolution:
    torch.manual_seed(0)
    return convert_to_dynamic(nn.Sequential(nn.Conv3d(4, 6, 1)), CLIPS.shape[1:])[0].eval()


@pytest.fixture
def runs(layer) -> Iterator[list[Tensor]]:
    """What the gate was run with."""
    seen: list[Tensor] = []
    handle = layer.gate.register_forward_hook(lambda _gate, inputs, _out: seen.append(inputs[0]))
    yield seen
    handle.remove()


@pytest.mark.parametrize('runs_gate', [False, True])
def test_an_override_is_followed_and_its_gate_paid_for_if_it_runs(layer, runs, runs_gate):
    forced = Override(ConstantGate.one_hot(layer.search, 1, 0), runs_gate)
    with torch.no_grad(), overridden([layer], lambda _layer: forced):
        layer(CLIPS)
    decision = layer.record.decision
    assert decision.patterns() == [((1,), (0,))] * len(CLIPS)
    assert len(runs) == runs_gate
    assert decision.gate_macs == (layer.gate.macs(CLIPS[0].numel()) if runs_gate else 0)
    with torch.no_grad():
        layer(CLIPS)
    assert layer.override is None and len(runs) == 1 + runs_gate


def test_an_override_is_taken_back_after_an_error(layer):
    before = layer.override = Override(ConstantGate.equal_mix(layer.search))
    with pytest.raises(KeyError), overridden([layer], lambda _layer: None):
        assert layer.override is None
        raise KeyError
    assert layer.override is before


def test_drawn_choices_cost_what_the_gate_costs(layer, runs):
    with torch.no_grad(), drawn_choice(layer, 1):
        layer(CLIPS)
    assert layer.record.decision.patterns() == [((1,), (1,))] * len(CLIPS)
    assert layer.record.execution().gate.tolist() == [layer.gate.macs(CLIPS[0].numel())] * 3
    assert len(runs) == 1


class Doubled(EagerBackend):
    def run(self, layer: DynamicConvolution, x: Tensor) -> Tensor:
        return 2 * super().run(layer, x)


def test_a_backend_computes_its_layer_and_no_other(layer):
    state = list(layer.state_dict())
    with torch.no_grad():
        expected = layer(CLIPS)
        layer.backend = Doubled()
        other = copy.deepcopy(layer)
        for one in (layer, other):
            assert torch.equal(one(CLIPS), 2 * expected) and list(one.state_dict()) == state
        del layer.backend
        assert torch.equal(layer(CLIPS), expected)
    assert {type(kind.backend) for kind in (DynamicConv2d, DynamicConv3d)} == {EagerBackend}
