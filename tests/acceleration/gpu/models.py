"""Small models to accelerate as on a GPU."""

import numpy as np
import torch
from torch import Tensor, nn

from tests.acceleration.test_accelerate import settle
from vared_mm.dynamic import convert_to_dynamic, executed_cost

CLIP = (3, 2, 3, 4)


class TwoLayers(nn.Module):
    """Two convolutions, with norm and ReLU behind the first."""

    def __init__(self, groups: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv3d(3, 6, (1, 3, 3), padding=(0, 1, 1))
        self.bn = nn.BatchNorm3d(6)
        self.relu = nn.ReLU(inplace=True)
        self.second = nn.Conv3d(6, 6, (3, 1, 1), padding=(1, 0, 0), groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.relu(self.bn(self.first(x))))


def make(device: str, batch: int, groups: int = 6, **options) -> tuple[nn.Module, Tensor]:
    """A dynamic model whose clips choose differently, and its clips."""
    torch.manual_seed(0)
    means = 2 * torch.randn(batch, 3, 1, 1, 1)
    x = means + torch.randn(batch, *CLIP)
    model = settle(convert_to_dynamic(TwoLayers(groups), CLIP, **options), x)
    return model.to(device), x.to(device)


def check_costs(quick: nn.Module, model: nn.Module) -> None:
    found, expected = executed_cost(quick), executed_cost(model)
    assert found.layers == expected.layers
    for part in ('conv', 'cheap', 'gate', 'time_index', 'channel_index'):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))


def check_results(quick: nn.Module, model: nn.Module, x: Tensor) -> None:
    torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
    check_costs(quick, model)
