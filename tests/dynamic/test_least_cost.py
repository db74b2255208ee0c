"""The least that a model can execute, against what it executes."""

from itertools import product

import pytest
import torch
from torch import nn

from vared_mm.dynamic import (
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
    fixed_choice,
    least_cost,
)


class SmallNet(nn.Module):
    """Dense, depthwise and pointwise; the last is cheaper dense than rebuilt."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Conv3d(3, 6, 3, padding=1)
        self.depthwise = nn.Conv3d(6, 6, (1, 3, 3), padding=(0, 1, 1), groups=6)
        self.point = nn.Conv3d(6, 4, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.point(self.depthwise(self.dense(x)))


def run_all(model: nn.Module, clip: torch.Tensor, candidates: int) -> list:
    """The record of every choice of one candidate an axis; the gates are not run."""
    records = []
    for temporal, channel in product(range(candidates), repeat=2):
        with fixed_choice(model, temporal, channel), torch.no_grad():
            model(clip)
            records.append(executed_cost(model))
    return records


@pytest.mark.parametrize('candidates', [2, 3])
def test_is_the_least_of_what_runs(candidates: int):
    clip = torch.rand(1, 3, 5, 6, 6)
    model = convert_to_dynamic(SmallNet(), clip.shape[1:], candidates, candidates).eval()
    with torch.no_grad():
        model(clip)
    gates = executed_cost(model).gate[0]
    records = run_all(model, clip, candidates)
    least = least_cost(model, (1, *clip.shape[1:]))
    for i, name in enumerate(dynamic_layers(model)):
        assert least[name].dense == records[0].dense[i]
        assert least[name].gate == gates[i] > 0
        assert least[name].conv == min(record.conv[0, i] for record in records)
        spent = [record.conv[0, i] + record.cheap[0, i] for record in records]
        assert least[name].executed == min(spent) + gates[i]
    # The last has 6 MACs per output, and what rebuilds one has 9: dense is its least.
    assert records[-1].conv[0, 2] == least['point'].conv < least['point'].dense
    assert least['point'].executed == least['point'].dense + gates[2]


def test_frames_folded_into_the_batch():
    frames = torch.rand(4, 3, 6, 6)
    conv = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False))
    model = convert_to_dynamic(conv, (3, 6, 6), frames=4).eval()
    dense = 4 * 6 * 6 * 8 * 27
    (least,) = least_cost(model, frames.shape).values()
    # Gate: 432 read and 12 written, 12 -> 16, its norm, 16 -> 4. Cheap: half the channels of half
    # the frames, then half the frames, 9 each.
    gate = 432 + 12 + 12 * 16 + 2 * 16 + 16 * 4
    assert (least.dense, least.conv, least.gate) == (dense, dense // 4, gate)
    assert least.executed == dense // 4 + (2 * 4 + 2 * 8) * 36 * 9 + gate


def test_a_constant_mix_has_one_choice():
    model = convert_to_dynamic(nn.Sequential(nn.Conv3d(3, 8, 3)), (3, 6, 6, 6), gate='constant')
    (least,) = least_cost(model, (1, 3, 6, 6, 6)).values()
    assert (least.conv, least.gate) == (least.dense, 0)
    assert least.executed == least.dense + (4 * 4 + 2 * 8) * 16 * 9


def test_leaves_no_trace():
    clip = torch.rand(2, 3, 6, 6, 6)
    model = convert_to_dynamic(nn.Sequential(nn.Conv3d(3, 8, 3)), (3, 6, 6, 6))
    model(clip)
    before = executed_cost(model)
    least_cost(model, (1, 3, 6, 6, 6))
    assert (executed_cost(model).conv == before.conv).all()
    assert all(layer.override is None for layer in dynamic_layers(model).values())


def test_a_static_model_has_nothing_to_choose():
    assert least_cost(nn.Sequential(nn.Conv3d(3, 8, 3)), (1, 3, 6, 6, 6)) == {}
