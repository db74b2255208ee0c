"""Models with native layers give what the plain ones give; other layers are left."""

import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.cpu.library import load_native
from vared_mm.acceleration.cpu.static_layers import NativeConv3d, NativeMaxPool3d
from vared_mm.dynamic import convert_to_dynamic, fixed_choice


@pytest.fixture(autouse=True)
def _native() -> None:
    load_native()


def clips(channels: int, frames: int, height: int, width: int) -> Tensor:
    return torch.randn(2, channels, frames, height, width)


class Block(nn.Module):
    """A residual block of factorised convolutions behind a pooling, and a sum of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool3d((1, 3, 3), 2, (0, 1, 1))
        self.space = nn.Conv3d(24, 40, (1, 3, 3), padding=(0, 1, 1), bias=False)
        self.bn1 = nn.BatchNorm3d(40)
        self.time = nn.Conv3d(40, 24, (3, 1, 1), padding=(1, 0, 0))
        self.bn2 = nn.BatchNorm3d(24)
        self.last = nn.Conv3d(24, 24, 1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(x)
        y = self.relu(x + self.bn2(self.time(self.relu(self.bn1(self.space(x))))))
        z = self.last(y)
        return z + z.mean()


def test_norms_activations_and_residuals_are_fused_into_static_layers(graphs):
    torch.manual_seed(0)
    model, x = vary(Block()), clips(24, 4, 16, 16)
    with torch.no_grad():
        model(x)
    expected = model.eval()(x)
    quick = accelerate(model, x, compiled=False)
    natives = {
        n: type(m) for n, m in quick.named_modules() if type(m) in (NativeConv3d, NativeMaxPool3d)
    }
    if torch.ops.vared_mm_native.has_wide_vectors():
        convs = dict.fromkeys(('space', 'time', 'last'), NativeConv3d)
        assert natives == {'pool': NativeMaxPool3d, **convs}
    with torch.no_grad():
        torch.testing.assert_close(quick(x), expected, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(accelerate(model, x)(x), expected, rtol=1e-4, atol=1e-4)
    if torch.ops.vared_mm_native.has_wide_vectors():
        convolve = torch.ops.vared_mm_native.convolve.default
        nodes = graphs[0].find_nodes(op='call_function', target=convolve)
        fused = [(node.args[-2] is not None, node.args[-1]) for node in nodes]
        # The space convolution has its ReLU, the one in time the residual too, the last no sum.
        assert fused == [(False, True), (True, True), (False, False)]


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float64])
def test_static_models_in_another_type_are_left_to_torch(dtype):
    torch.manual_seed(0)
    model, x = Block().eval().to(dtype), clips(24, 4, 16, 16).to(dtype)
    quick = accelerate(model, x, compiled=False)
    assert not any(type(m) in (NativeConv3d, NativeMaxPool3d) for m in quick.modules())
    with torch.no_grad():
        torch.testing.assert_close(quick(x), model(x), rtol=0.05, atol=0.05)


@pytest.mark.parametrize('threads', [1, 4])
@pytest.mark.parametrize('height', [41, 120])
@pytest.mark.parametrize('choice', [(0, 0), (1, 0), (0, 1), (1, 1), (2, 2)])
def test_bands_of_rows_meet_without_a_seam(threads, height, choice):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv3d(16, 40, (1, 3, 3), padding=(0, 1, 1)), nn.Conv3d(40, 40, 3, 1, 1, groups=40)
    )
    x = clips(16, 4, height, 17)
    model = vary(convert_to_dynamic(model, x.shape[1:], 3, 3)).eval()
    quick, before = accelerate(model, x, compiled=False), torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        with torch.no_grad(), fixed_choice(model, *choice), fixed_choice(quick, *choice):
            torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
    finally:
        torch.set_num_threads(before)


class OwnPool(nn.MaxPool3d):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) + 1


def hooked(layer: nn.Module) -> nn.Module:
    layer.register_forward_hook(lambda _m, _i, out: out + 1)
    return layer


@pytest.mark.parametrize(
    'layer',
    [
        OwnPool(2),
        hooked(nn.MaxPool3d(2)),
        nn.MaxPool3d(3, 2, ceil_mode=True),
        nn.MaxPool3d(2, dilation=2),
        hooked(nn.Conv3d(8, 8, 1)),
        nn.utils.parametrizations.weight_norm(nn.Conv3d(8, 8, 1)),
        nn.Conv3d(8, 8, 3, padding=1, padding_mode='circular'),
        nn.Conv3d(8, 8, 3, padding='same'),
    ],
)
def test_other_layers_are_left(layer, monkeypatch):
    monkeypatch.setattr('vared_mm.acceleration.cpu.library.has_wide_vectors', lambda: True)
    monkeypatch.setattr('vared_mm.acceleration.cpu.static_layers.has_wide_vectors', lambda: True)
    torch.manual_seed(0)
    model, x = nn.Sequential(layer, nn.ReLU()).eval(), clips(8, 4, 9, 9)
    quick = accelerate(model, x, compiled=False)
    assert type(quick[0]) is type(layer)
    with torch.no_grad():
        torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)


class Asks(nn.Module):
    """A forward that reads attributes of its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn, self.relu = nn.Conv3d(8, 9, 1), nn.BatchNorm3d(9), nn.ReLU()
        self.pool = nn.MaxPool3d(2, padding=1)

    def forward(self, x: Tensor) -> dict:
        conv, pool, bn = self.conv, self.pool, self.bn
        y = pool(self.relu(bn(conv(x.to(conv.weight.device, conv.weight.dtype)))))
        return {
            'sums': [y.sum(), conv.weight.sum(), conv.bias.sum(), bn.weight.sum()],
            'sizes': [conv.in_channels, conv.out_channels, conv.stride, conv.groups, bn.eps],
            'pool': [pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode],
            'kinds': [isinstance(conv, nn.Conv3d), isinstance(bn, nn.BatchNorm3d), conv.training],
            'norm': [bn.num_features, bn.running_mean.sum(), self.relu.inplace],
        }


@pytest.mark.parametrize('dynamic', [False, True])
def test_forwards_that_read_attributes_of_layers_find_them(dynamic, monkeypatch):
    monkeypatch.setattr('vared_mm.acceleration.cpu.library.has_wide_vectors', lambda: True)
    monkeypatch.setattr('vared_mm.acceleration.cpu.static_layers.has_wide_vectors', lambda: True)
    torch.manual_seed(0)
    model, x = Asks(), clips(8, 4, 6, 6)
    if dynamic:
        model = convert_to_dynamic(model, x.shape[1:])
    with torch.no_grad():
        model.train()(x)
        nn.init.normal_(model.bn.weight)
    model.eval()
    quick = accelerate(model, x, compiled=False)
    assert dynamic or type(quick.conv) is NativeConv3d
    assert type(quick.pool) is NativeMaxPool3d
    with torch.no_grad():
        expected, found = model(x), quick(x)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
