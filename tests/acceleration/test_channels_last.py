"""Networks that run channels-last, in which some of the layers of torch itself go wrong."""

import copy

import pytest
import torch
from torch import nn

from tests.generated.checks import difference, run
from vared_mm.acceleration import accelerate, fold_convolutions


class OwnConv3d(nn.Conv3d):
    """Stays what it is, as it might compute anything."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shapes: as of ``nn.Conv3d``."""
        return super().forward(x)


@pytest.mark.parametrize('kind', [nn.Conv3d, OwnConv3d])
@pytest.mark.parametrize('kernel', [1, (3, 1, 1)])
def test_dilated_along_an_axis_of_one_pixel(kind: type[nn.Conv3d], kernel: int | tuple) -> None:
    """oneDNN would end the process."""
    torch.manual_seed(0)
    conv = kind(8, 8, kernel, stride=(2, 1, 2), padding=1, dilation=2)
    model = nn.Sequential(nn.Conv3d(2, 8, 3, padding=1), nn.ReLU(), conv).eval()
    for shape in ((3, 2, 6, 1, 1), (1, 2, 4, 5, 6)):
        x = torch.randn(shape)
        folded = copy.deepcopy(model)
        fold_convolutions(folded)
        for other in (accelerate(model, x, compiled=False), folded):
            assert difference(run(other, x), run(model, x)) < 1e-5
    assert conv.dilation == (2, 2, 2)  # the model itself is not touched


class ScaledByDilation(nn.Conv3d):
    """Takes its dilation for something else."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shapes: as of ``nn.Conv3d``."""
        return nn.functional.conv3d(x, self.weight * self.dilation[0], self.bias)


def test_a_layer_that_takes_its_dilation_for_something_else_stays_right() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv3d(2, 8, 3), nn.ReLU(), ScaledByDilation(8, 4, 1, dilation=3))
    x = torch.randn(2, 2, 4, 5, 6)
    with pytest.warns(UserWarning, match='the model stays as it is'):
        quick = accelerate(model.eval(), x, compiled=False)
    assert difference(run(quick, x), run(model, x)) < 1e-5


@pytest.mark.parametrize('clips', [True, False])
@pytest.mark.parametrize(('groups', 'channels'), [(2, 8), (1, 1)])
def test_a_group_norm_of_values_far_from_zero(clips: bool, groups: int, channels: int) -> None:
    """torch's own, channels-last, loses three digits; one channel is contiguous in any layout."""
    torch.manual_seed(0)
    conv, x = (nn.Conv3d, torch.randn(2, 3, 8, 7, 9)) if clips else (
        nn.Conv2d, torch.randn(2, 3, 9, 9)
    )  # fmt: skip
    model = nn.Sequential(conv(3, channels, 1), nn.GroupNorm(groups, channels)).eval()
    nn.init.constant_(model[0].bias, 30)
    exact = model.double()(x.double())
    assert difference(run(model.float(), x), [exact]) < 1e-4
    assert difference(run(accelerate(model, x, compiled=False), x), [exact]) < 1e-4
