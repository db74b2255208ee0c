"""One model of each convolutional family of timm and torchvision: right or refused.

Runs where both are installed (``make test-zoo``); weights are random, nothing is downloaded.
"""

import warnings
from importlib.util import find_spec

import pytest
import torch
from torch import nn

from tests.acceleration.networks import vary
from tests.generated.checks import Counted, difference, fingerprint, run
from tests.zoo.libraries import build
from tests.zoo.models import MODELS, Model
from vared_mm.acceleration import accelerate
from vared_mm.dynamic import (
    convert_to_dynamic,
    count_macs,
    dynamic_layers,
    executed_cost,
    fixed_choice,
)

# Relative to the largest value of a result, float32.
CLOSE = 1e-4
# Not by importing: torchvision stops where it is of another build than torch.
installed = all(map(find_spec, ('timm', 'torchvision')))
pytestmark = [
    pytest.mark.zoo,
    pytest.mark.skipif(not installed, reason='timm and torchvision are not installed'),
]


def inputs(model: Model, clips: int = 2) -> torch.Tensor:
    """Noise of two contrasts."""
    torch.manual_seed(1)
    shape = model.shape
    return torch.randn(clips, *shape) * torch.linspace(0.5, 1.5, clips).view(-1, *[1] * len(shape))


def convert(model: Model, static: nn.Module) -> nn.Module:
    """The dynamic model, both axes where there are clips."""
    return convert_to_dynamic(static, model.shape, temporal=2 if model.frames else 1)


@pytest.mark.parametrize('model', MODELS, ids=str)
def test_right_or_refused(model: Model) -> None:
    x, static = inputs(model), build(model)
    want, before = run(static, x), fingerprint(static)

    with Counted() as counted:
        run(static, x[:1])
    assert count_macs(static, (1, *model.shape)).total(without=('norm', 'pool')) == counted.macs
    assert difference(run(accelerate(static, x, compiled=False), x), want) < CLOSE
    assert fingerprint(static) == before

    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # which names what stays static
        dynamic = convert(model, static)
    convolutions = [m for m in dynamic.modules() if isinstance(m, nn.Conv2d | nn.Conv3d)]
    layers = len(dynamic_layers(dynamic))
    assert (layers, len(convolutions) - layers) == (model.layers, model.static)
    with fixed_choice(dynamic, 0, 0):
        assert difference(run(dynamic, x), want) < CLOSE
    dynamic = vary(dynamic).eval()
    quick = accelerate(dynamic, x, compiled=False)
    assert difference(run(quick, x), run(dynamic, x)) < CLOSE
    assert (executed_cost(quick).executed == executed_cost(dynamic).executed).all()
