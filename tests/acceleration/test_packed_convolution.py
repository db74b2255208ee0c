"""Convolutions with reordered weights give what torch's own give, of whatever small size."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.acceleration import accelerate
from vared_mm.acceleration.cpu import accelerator
from vared_mm.acceleration.cpu.packed_convolution import SIZES, PackedConvolution
from vared_mm.dynamic import convert_to_dynamic, dynamic_layers, fixed_choice
from vared_mm.dynamic.folding import convolve3d

pytest.importorskip('hypothesis')
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

repeatable = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
small = st.sampled_from([1, 1, 1, 2, 2, 3, 3, 5, 8, 17])


@st.composite
def convolutions(draw) -> tuple[Tensor, Tensor, Tensor | None, tuple[Any, ...]]:
    """Clips, weight, bias, and options of a convolution, mostly of ones, twos and threes."""
    triple = lambda *choices: tuple(draw(st.sampled_from(choices)) for _ in range(3))  # noqa: E731
    groups, c_in, c_out = draw(st.sampled_from([1, 1, 1, 2, 3, 8])), draw(small), draw(small)
    kernel, stride, dilation = triple(1, 1, 2, 3, 5), triple(1, 1, 2, 3), triple(1, 1, 2, 3)
    padding = triple(0, 0, 1, 2)
    size = [
        max(draw(small), d * (k - 1) + 1 - 2 * p)
        for k, p, d in zip(kernel, padding, dilation, strict=True)
    ]
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    x = torch.randn(draw(st.integers(1, 3)), groups * c_in, *size, generator=generator)
    if draw(st.booleans()):
        x = x.contiguous(memory_format=torch.channels_last_3d)
    weight = torch.randn(groups * c_out, c_in, *kernel, generator=generator)
    bias = torch.randn(groups * c_out, generator=generator) if draw(st.booleans()) else None
    return x, weight, bias, (stride, padding, dilation, groups)


def exact(x: Tensor, weight: Tensor, bias: Tensor | None, *options: Any) -> Tensor:
    return F.conv3d(x.double(), weight.double(), None if bias is None else bias.double(), *options)


@pytest.mark.parametrize(('dtype', 'error'), [(torch.float32, 1e-6), (torch.bfloat16, 8e-3)])
def test_drawn_convolutions_come_out_the_same_each_time(dtype, error):
    @repeatable
    @given(convolutions())
    def check(drawn):
        *tensors, options = drawn
        x, weight, bias = (None if t is None else t.to(dtype) for t in tensors)
        expected = exact(x, weight, bias, *options)
        # No error is larger than that of the sum of what was multiplied.
        sizes = [None if t is None else t.abs() for t in (x, weight, bias)]
        most = error * (1 + exact(*sizes, *options))
        packed = PackedConvolution(weight, bias, *options)
        found = packed(x)
        assert found.dtype == dtype
        assert torch.equal(packed(x.clone()), found)
        for result in (found, convolve3d(x, weight, bias, *options)):
            assert ((result.double() - expected).abs() <= most).all()

    check()


def test_drawn_convolutions_have_the_same_gradients():
    @settings(repeatable, max_examples=60)
    @given(convolutions())
    def check(drawn):
        x, weight, _, options = drawn
        grads = []
        for convolve, one, other in (
            (convolve3d, x, weight),
            (F.conv3d, x.double(), weight.double()),
        ):
            leaves = [t.clone().requires_grad_() for t in (one, other)]
            out = convolve(*leaves, None, *options)
            grads.append(torch.autograd.grad(out.square().mean(), leaves))
        for found, expected in zip(*grads, strict=True):
            assert (found - expected).norm() <= 1e-4 * expected.norm() + 1e-6

    check()


@pytest.mark.parametrize(
    ('shape', 'conv'),
    [
        ((1, 4, 30, 1), nn.Conv3d(1, 48, (1, 3, 3), (1, 1, 2), (0, 1, 1))),
        ((1, 4, 30, 2), nn.Conv3d(1, 48, (1, 3, 3), (1, 1, 2), (0, 1, 1))),
        ((1, 2, 5, 1), nn.Conv3d(1, 64, (1, 3, 3), (2, 2, 1), (0, 2, 1))),
        ((1, 3, 3, 2), nn.Conv3d(1, 8, (3, 1, 3), (1, 1, 3), 1, padding_mode='replicate')),
        ((8, 3, 14, 1), nn.Conv3d(8, 40, 1, (1, 1, 2), (0, 0, 1), (1, 1, 2), 8)),
    ],
)
def test_narrow_dynamic_layers_come_out_the_same(monkeypatch, shape, conv):
    monkeypatch.setattr(accelerator, 'native_convolves', lambda _conv, _dtype: False)
    model = convert_to_dynamic(nn.Sequential(conv), shape, temporal=1, channel=2).eval()
    x = torch.randn(3, *shape)
    quick = accelerate(model, x, compiled=False)
    with torch.no_grad(), fixed_choice(model, 0, 1), fixed_choice(quick, 0, 1):
        found = quick(x)
        torch.testing.assert_close(found, model(x), rtol=1e-4, atol=1e-5)
        assert torch.equal(quick(x.clone()), found)
        # No clips at all, and clips without a row.
        assert quick(x[:0]).shape == model(x[:0]).shape == (0, *found.shape[1:])
    for refusing in (model, quick):
        with torch.no_grad(), pytest.raises(RuntimeError):
            refusing(x[:, :, :, :0])


def test_what_onednn_is_not_sure_of_is_computed_in_float32(monkeypatch):
    x = torch.randn(2, 3, 1, 8, 8, dtype=torch.bfloat16)
    weight = torch.randn(4, 3, 3, 3, 3)
    seen = []
    conv3d = F.conv3d

    def note(x: Tensor, *args: Any) -> Tensor:
        seen.append(x.dtype)
        return conv3d(x, *args)

    monkeypatch.setattr(F, 'conv3d', note)
    options = ((1, 1, 1), (1, 1, 1), (1, 1, 1), 1)
    out = convolve3d(x, weight.bfloat16(), None, *options)
    with torch.autocast('cpu', torch.bfloat16):
        again = convolve3d(x.float(), weight, None, *options)
        convolve3d(x.float().expand(2, 3, 4, 8, 8), weight, None, *options)
    assert seen[:3] == [torch.float32] * 3
    assert out.dtype == again.dtype == torch.bfloat16
    torch.testing.assert_close(out, again, rtol=0.02, atol=0.1)


def test_weights_are_kept_for_few_sizes_by_any_number_of_threads():
    packed = PackedConvolution(torch.randn(8, 4, 1, 3, 3), None, (1, 1, 1), (0, 1, 1), (1, 1, 1), 1)
    clips = [torch.randn(1, 4, 2, 5, 4 + i % 12) for i in range(48)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(packed, clips))
    assert len(packed._packed) == SIZES
    for x, found in zip(clips, results, strict=True):
        expected = F.conv3d(x, packed.weight, None, 1, (0, 1, 1))
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_costs_are_kept_for_a_number_of_sizes(monkeypatch):
    monkeypatch.setattr('vared_mm.acceleration.common.accelerated_backend.COSTS', 3)
    model = convert_to_dynamic(nn.Sequential(nn.Conv3d(3, 8, 1)), (3, 2, 4, 4)).eval()
    quick = accelerate(model, torch.randn(1, 3, 2, 4, 4), compiled=False)
    (layer,) = dynamic_layers(quick).values()
    with torch.no_grad():
        for width in range(1, 9):
            quick(torch.randn(1, 3, 2, 4, width))
            assert len(layer.backend._costs) <= 3
            assert layer.record.cost.dense == (3 + 1) * 8 * 2 * 4 * width
