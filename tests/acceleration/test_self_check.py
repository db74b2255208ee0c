"""Layers that compute something else than the plain ones are put back, and named."""

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.common import self_check, static_convolution
from vared_mm.acceleration.cpu.accelerator import CpuAccelerator
from vared_mm.dynamic import convert_to_dynamic, fixed_choice, recorded_cost


class Network(nn.Module):
    """Dynamic and static layers, with norms and ReLUs, in a row and beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(3, 8, (1, 3, 3), padding=(0, 1, 1), bias=False)
        self.bn1 = nn.BatchNorm3d(8)
        self.relu = nn.ReLU(inplace=True)
        self.static = nn.Conv3d(8, 12, (3, 1, 1), padding=(1, 0, 0))
        self.bn2 = nn.BatchNorm3d(12)
        self.pool = nn.MaxPool3d((1, 2, 2))
        self.last = nn.Conv3d(12, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.stem(x)))
        x = self.pool(self.bn2(self.static(x)) + 0.5)
        return self.last(x) + x[:, :8]


SHAPE = (3, 4, 8, 8)


@pytest.fixture
def model() -> nn.Module:
    torch.manual_seed(0)
    made = convert_to_dynamic(Network(), SHAPE, include=['stem', 'last'])
    vary(made, gate_std=1)
    with torch.no_grad():
        for _ in range(5):
            made(3 * torch.randn(4, *SHAPE))
    return made.eval()


class Wrong(nn.Module):
    """Makes something else of a layer's result."""

    def __init__(self, layer: nn.Module, spoil: Any) -> None:
        super().__init__()
        self.layer, self.spoil = layer, spoil

    def forward(self, x: Tensor) -> Tensor:
        return self.spoil(self.layer(x))


def fail(_y: Tensor) -> Tensor:
    raise RuntimeError('could not create a primitive')


SPOILS = {
    'off': lambda y: y + 0.1 * y.std(),
    'scaled': lambda y: 1.1 * y,
    'NaN': lambda y: y.masked_fill(y > y.quantile(0.9), torch.nan),
    'another size': lambda y: y[:, :, :1],
    'fails': fail,
}


def same(model: nn.Module, quick: nn.Module, tolerance: float) -> None:
    x = torch.randn(3, *SHAPE)
    with (
        torch.no_grad(),
        fixed_choice(model, 0, 1),
        fixed_choice(quick, 0, 1),
        recorded_cost(model) as plain,
        recorded_cost(quick) as fast,
    ):
        expected, found = model(x), quick(x)
        before, after = plain.take(), fast.take()
    assert found.dtype == torch.float32
    assert (found - expected).norm() <= tolerance * expected.norm()
    assert before.layers == after.layers


@pytest.mark.parametrize('spoil', SPOILS.values(), ids=SPOILS)
@pytest.mark.parametrize('dtype', [None, torch.bfloat16])
def test_wrong_layers_are_restored_with_what_was_fused(monkeypatch, model, dtype, spoil):
    dynamic, static = CpuAccelerator.dynamic, CpuAccelerator.static

    def wrong_dynamic(self: CpuAccelerator, layer: nn.Module, post_ops: Any) -> Any:
        backend = dynamic(self, layer, post_ops)
        if layer.in_channels == 3:
            run = backend.run
            backend.run = lambda layer, x: spoil(run(layer, x))
        return backend

    def wrong_static(self: CpuAccelerator, *args: Any) -> nn.Module:
        return Wrong(static(self, *args), spoil)

    monkeypatch.setattr(CpuAccelerator, 'dynamic', wrong_dynamic)
    monkeypatch.setattr(CpuAccelerator, 'static', wrong_static)
    with pytest.warns(UserWarning, match='left as they are: stem, static$') as warned:
        quick = accelerate(model, torch.randn(2, *SHAPE), dtype=dtype, compiled=False)
    assert len(warned) == 1
    assert type(quick.bn1) is nn.BatchNorm3d and type(quick.bn2) is nn.BatchNorm3d
    assert type(quick.static) is nn.Conv3d
    assert type(quick.last.backend) is not type(model.last.backend)
    assert quick.stem.weight.dtype == torch.float32
    same(model, quick, 1e-4 if dtype is None else 0.03)


@pytest.mark.parametrize('dtype', [None, torch.bfloat16])
def test_right_layers_stay(model, dtype):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        quick = accelerate(model, torch.randn(2, *SHAPE), dtype=dtype, compiled=False)
    assert type(quick.stem.backend) is not type(model.stem.backend)
    assert quick.stem.record is None
    same(model, quick, 1e-4 if dtype is None else 0.03)


@pytest.mark.parametrize('narrow', [False, True])
def test_torch_s_own_convolutions_in_bfloat16_are_looked_at_too(monkeypatch, model, narrow):
    convolve = static_convolution.convolve3d

    def wrong(x: Tensor, *args: Any) -> Tensor:
        y = convolve(x, *args)
        return y * 2 if x.dtype == torch.bfloat16 else y

    monkeypatch.setattr(static_convolution, 'convolve3d', wrong)
    if narrow:  # the plain model's own are no measure
        model = model.bfloat16()
        model.stem.gate.float(), model.last.gate.float()
    example = torch.randn(2, *SHAPE, dtype=torch.bfloat16 if narrow else torch.float32)
    with pytest.warns(UserWarning, match='left as they are: static$'):
        quick = accelerate(model, example, dtype=torch.bfloat16, compiled=False)
    assert quick.static.weight.dtype == torch.float32
    same(model.float(), quick, 0.03)


def test_a_network_that_is_wrong_as_a_whole_stays_as_it_is(monkeypatch, model):
    forward = Network.forward

    def wrong(self: Network, x: Tensor) -> Tensor:  # such as by what is between the layers
        return forward(self, x) * (1 if type(self.static) is nn.Conv3d else 2)

    monkeypatch.setattr(Network, 'forward', wrong)
    with pytest.warns(UserWarning, match='model stays as it is: its result on the example differs'):
        quick = accelerate(model, torch.randn(2, *SHAPE), compiled=False)
    assert type(quick.stem.backend) is type(model.stem.backend)
    same(model, quick, 1e-6)


def test_other_types_are_not_compared():
    network = nn.Conv3d(3, 4, 1, dtype=torch.float64)
    self_check.check_layers(nn.Conv3d(3, 4, 1).double(), network, (torch.randn(1, *SHAPE),))
