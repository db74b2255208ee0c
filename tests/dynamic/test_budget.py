"""One trained model at several budgets."""

import pytest
import torch
from torch import Tensor, nn

from vared_mm.dynamic import (
    convert_to_dynamic,
    count_macs,
    dynamic_layers,
    executed_cost,
    meet_budget,
    set_threshold,
)
from vared_mm.dynamic.gate import weigh_candidates

SHAPE = (3, 8, 10, 10)


class Network(nn.Module):
    """Four convolutions with norms."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv3d(3 if i == 0 else 16, 16, (1, 3, 3), padding=(0, 1, 1)) for i in range(4)
        )
        self.norms = nn.ModuleList(nn.BatchNorm3d(16) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = norm(conv(x)).relu()
        return x.mean((2, 3, 4))


@pytest.fixture
def model() -> nn.Module:
    """Its gates say something else for every clip."""
    torch.manual_seed(0)
    model = convert_to_dynamic(Network(), SHAPE)
    with torch.no_grad():
        for layer in dynamic_layers(model).values():
            nn.init.normal_(layer.gate.excite, std=0.3)
        for _ in range(20):
            model(clips(16))
    return model.eval()


def clips(count: int) -> Tensor:
    return torch.randn(count, *SHAPE) * torch.rand(count, 1, 1, 1, 1) + torch.randn(
        count, 3, 8, 1, 1
    )


def share(model: nn.Module, x: Tensor, static_macs: int) -> float:
    with torch.no_grad():
        model(x)
    cost = executed_cost(model)
    return 1 - float(cost.dense.sum() - cost.executed.sum() / len(cost)) / static_macs


def test_weights_below_a_threshold_are_zero_and_the_sum_stays():
    scores = torch.tensor([[0.5, 0.3], [0.2, 0.6], [0.1, 0.2], [-0.5, -0.1], [0.4, 0.4]])
    weights, alone = weigh_candidates(scores, 0.35)
    expected = [[0.8, 0], [0, 0.8], [0, 0.3], [0, 0.5], [0.4, 0.4]]
    torch.testing.assert_close(weights, torch.tensor(expected))
    assert alone.flatten().tolist() == [False, False, True, True, False]


def test_budgets_are_met_on_unseen_clips(model):
    sample, unseen = clips(200), clips(400)
    static = count_macs(model, (1, *SHAPE)).total()
    set_threshold(model, 1)
    least = share(model, sample, static)
    set_threshold(model, 0)
    most = share(model, sample, static)
    assert least < 0.5 < 0.95 < most
    costs = []
    for budget in (0.55, 0.65, 0.75, 0.85):
        with torch.no_grad():
            threshold = meet_budget(model, lambda: model(sample), budget, static)
        assert 0 < threshold < 1
        costs.append(share(model, unseen, static))
        assert costs[-1] == pytest.approx(budget, rel=0.02)
    assert costs == sorted(costs)


def test_training_does_not_see_a_threshold(model):
    x = clips(8)
    expected = model.train()(x)
    set_threshold(model, 0.9)
    torch.testing.assert_close(model(x), expected)


def test_budgets_out_of_reach_are_refused(model):
    sample = clips(16)
    with torch.no_grad(), pytest.raises(ValueError, match=r'budget=0.1: must be from 0.3'):
        meet_budget(model, lambda: model(sample), 0.1, count_macs(model, (1, *SHAPE)).total())
    with pytest.raises(ValueError, match='threshold=1.5'):
        set_threshold(model, 1.5)
    with pytest.raises(ValueError, match='no gates'):
        set_threshold(Network(), 0.5)
