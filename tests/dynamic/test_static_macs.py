"""What is counted, against sums by hand, PyTorch's own counter and what can't be counted."""

import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from vared_mm.dynamic import count_macs

TOKENS, WIDTH = 6, 8


class Applies(nn.Module):
    """A function of the input and a weight that is no layer's."""

    def __init__(self, function) -> None:
        super().__init__()
        self.function, self.weight = function, nn.Parameter(torch.randn(WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, self.weight)


def heads(x: Tensor) -> Tensor:
    return x.unflatten(-1, (2, -1)).transpose(-2, -3)


SQUARE, PRODUCT = TOKENS * TOKENS * WIDTH, TOKENS * WIDTH * WIDTH
FUNCTIONS = {
    'matmul': (lambda x, w: x @ w, PRODUCT),
    'linear': (lambda x, w: F.linear(x, w, w[0]), PRODUCT),
    'einsum': (lambda x, w: torch.einsum('ntc,cd->ntd', x, w), PRODUCT),
    'bmm': (lambda x, w: torch.bmm(x, x.mT), SQUARE),
    'baddbmm': (lambda x, w: torch.baddbmm(x.new_zeros(()), x, x.mT), SQUARE),
    'addbmm': (lambda x, w: torch.addbmm(x.new_zeros(()), x, x.mT), SQUARE),
    'mv': (lambda x, w: x[0] @ w[0], TOKENS * WIDTH),
    'dot': (lambda x, w: x[0, 0] @ w[0], WIDTH),
    'bilinear': (lambda x, w: F.bilinear(x, x, w[None]), TOKENS * (WIDTH * WIDTH + WIDTH)),
    'conv1d': (lambda x, w: F.conv1d(x.mT, w[..., None], w[0]), PRODUCT + TOKENS * WIDTH),
    'grouped': (lambda x, w: F.conv1d(x.mT, w[:, :1, None], groups=WIDTH), TOKENS * WIDTH),
    'transposed': (lambda x, w: F.conv_transpose1d(x.mT, w[..., None]), PRODUCT),
    'attention': (lambda x, w: F.scaled_dot_product_attention(*[heads(x)] * 3), 2 * SQUARE),
    'causal': (
        lambda x, w: F.scaled_dot_product_attention(*[heads(x)] * 3, is_causal=True),
        2 * SQUARE,
    ),
}


@pytest.mark.parametrize(('function', 'macs'), FUNCTIONS.values(), ids=FUNCTIONS)
def test_products_of_functions_are_counted(function, macs):
    model = nn.Sequential(nn.Identity(), Applies(function))
    with torch.no_grad():
        model(torch.randn(1, TOKENS, WIDTH))
    counted = count_macs(model, (1, TOKENS, WIDTH))
    assert counted.layers == {'1.functional': ('functional', macs)}
    assert counted.total(within='1.') == macs and counted.total(('functional',)) == 0


@pytest.mark.parametrize(
    'layer',
    [
        nn.MultiheadAttention(WIDTH, 2, batch_first=True),
        nn.TransformerEncoderLayer(WIDTH, 2, 16, batch_first=True),
        nn.GRU(WIDTH, 5, batch_first=True),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_of_functions_are_counted_as_torch_counts_them(layer):
    class Wrap(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.many = layer, isinstance(layer, nn.MultiheadAttention)

        def forward(self, x: Tensor) -> Tensor:
            return self.layer(x, x, x) if self.many else self.layer(x)

    model = Wrap().eval()
    counter = FlopCounterMode(display=False)
    meta = Wrap().to('meta').train()  # in training mode no fused path hides a product
    with counter, torch.no_grad():
        meta(torch.empty(1, TOKENS, WIDTH, device='meta'))
    layer.to_empty(device='cpu')
    assert count_macs(model, (1, TOKENS, WIDTH)).total(('norm',)) == counter.get_total_flops() // 2


def test_layers_are_counted_by_what_they_run():
    """Whatever their class: a norm that activates, layers with forwards of their own."""

    class NormAct(nn.BatchNorm2d):
        def forward(self, input: Tensor) -> Tensor:
            return F.relu(super().forward(input))

    class Twice(nn.Conv2d):
        def forward(self, input: Tensor) -> Tensor:
            return super().forward(input) + super().forward(-input)

    class Quiet(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            return input[..., : self.out_features]

    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Conv2d(4, 4, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x)

        def static_macs(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> int:
            return 7

    shared = nn.Conv2d(4, 4, 1, bias=False)
    model = nn.Sequential(
        Twice(3, 4, 1), NormAct(4), shared, shared, Own(), nn.GroupNorm(2, 4), Quiet(5, 2)
    )
    area = 25
    assert count_macs(model, (1, 3, 5, 5)).layers == {
        '0': ('conv', 2 * 4 * area * (3 + 1)),
        '1': ('norm', 2 * 4 * area),
        '2': ('conv', 2 * 16 * area),  # run twice, by one name
        '4': ('other', 7),  # with all within it
        '5': ('norm', 2 * 4 * area),
    }


def test_a_functional_norm_is_a_norm():
    model = nn.Sequential(nn.Identity(), Applies(lambda x, w: F.layer_norm(x, x.shape[-1:])))
    counted = count_macs(model, (1, TOKENS, WIDTH))
    assert counted.layers == {'1.functional_norm': ('norm', 2 * TOKENS * WIDTH)}
    assert counted.total(('norm',)) == 0


@torch.library.custom_op('vared_mm_test::product', mutates_args=())
def product(x: Tensor) -> Tensor:
    """An operation of another package, which may do anything."""
    return x @ x.mT


@product.register_fake
def _(x: Tensor) -> Tensor:
    return x.new_empty(*x.shape[:-1], x.shape[-2])


@pytest.mark.parametrize(
    ('function', 'name'),
    [(product, 'vared_mm_test.product'), (torch.fft.rfft, r'aten\._fft_r2c')],
    ids=['custom', 'fft'],
)
def test_what_can_not_be_counted_is_said(function, name):
    model = nn.Sequential(nn.Identity(), Applies(lambda x, w: function(x)))
    with pytest.warns(UserWarning, match=rf'count_macs: not counted are {name} \(in 1\)'):
        count_macs(model, (1, TOKENS, WIDTH))


def test_a_plain_network_is_counted_without_a_word():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.SiLU(), nn.AdaptiveAvgPool2d(1))
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert count_macs(model, (1, 3, 5, 5)).total(without=('norm', 'pool')) == 4 * 9 * (27 + 1)
