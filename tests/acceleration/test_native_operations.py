"""Native operations give what torch's own give, and refuse what these refuse."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.acceleration.cpu.library import load_native, native_convolves

GEOMETRIES = [  # kernel, stride, padding, T, H, W
    ((1, 1, 1), (1, 1, 1), (0, 0, 0), 2, 3, 70),
    ((1, 1, 1), (2, 2, 2), (0, 0, 0), 3, 5, 4),
    ((1, 3, 3), (1, 1, 1), (0, 1, 1), 3, 7, 9),
    ((1, 3, 3), (1, 2, 2), (0, 1, 1), 2, 8, 20),
    ((3, 1, 1), (1, 1, 1), (1, 0, 0), 5, 3, 13),
    ((3, 1, 1), (2, 1, 1), (1, 0, 0), 6, 9, 1),
    ((3, 3, 3), (1, 1, 1), (1, 1, 1), 1, 1, 1),
    ((3, 3, 3), (2, 2, 1), (1, 1, 1), 5, 6, 31),
    ((3, 5, 4), (1, 3, 2), (2, 2, 3), 4, 11, 12),
    ((5, 1, 1), (1, 1, 1), (2, 0, 0), 7, 2, 8),
    ((2, 7, 7), (1, 2, 2), (1, 3, 3), 2, 8, 19),
]


@pytest.fixture(autouse=True)
def _native() -> None:
    load_native()


def clips(channels: int, frames: int, height: int, width: int) -> Tensor:
    return torch.randn(2, channels, frames, height, width)


def convolve(x: Tensor, weight: Tensor, *more, depthwise: bool = False, relu: bool = False):
    """``more``: shift, residual, stride, padding."""
    ops, (shift, residual, stride, padding) = torch.ops.vared_mm_native, more
    packed, kernel = ops.pack_weights(weight, depthwise), weight.shape[2:]
    options = kernel, stride, padding, len(weight)
    return ops.convolve(x, packed, *options, shift, residual, relu)


@pytest.mark.parametrize('geometry', GEOMETRIES)
@pytest.mark.parametrize(
    ('channels', 'out'),
    [(1, 7), (3, 64), (3, 24), (8, 1), (9, 16), (20, 37), (16, 83), (11, 176), (64, 72), (37, 5)],
)
def test_convolutions_come_out_the_same(geometry, channels, out):
    torch.manual_seed(0)
    kernel, stride, padding, *size = geometry
    x, shift = clips(channels, *size), torch.randn(out)
    weight = torch.randn(out, channels, *kernel) / channels**0.5
    expected = F.conv3d(x, weight, shift, stride, padding)
    found = convolve(x, weight, shift, None, stride, padding)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert found.is_contiguous(memory_format=torch.channels_last_3d)
    residual = torch.randn_like(expected)
    found = convolve(x, weight, shift, residual, stride, padding, relu=True)
    torch.testing.assert_close(found, (expected + residual).relu(), rtol=1e-4, atol=1e-4)


def test_kernels_larger_than_the_cache_are_taken_in_parts():
    torch.manual_seed(0)
    x, weight = clips(900, 3, 4, 4), torch.randn(80, 900, 3, 3, 3) / 100
    expected = F.conv3d(x, weight, None, 1, 1)
    residual = torch.randn_like(expected)
    found = convolve(x, weight, None, residual, (1, 1, 1), (1, 1, 1))
    torch.testing.assert_close(found, expected + residual, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('channels', [1, 16, 54, 130])
@pytest.mark.parametrize(
    ('kernel', 'stride', 'padding', 'size'),
    [
        ((5, 1, 1), (1, 1, 1), (2, 0, 0), (7, 3, 9)),
        ((1, 1, 1), (1, 3, 2), (0, 0, 0), (2, 7, 18)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (4, 9, 17)),
        ((3, 3, 3), (2, 2, 2), (1, 1, 1), (5, 6, 15)),
        ((3, 3, 3), (1, 2, 1), (2, 2, 0), (3, 4, 13)),
        ((1, 5, 5), (1, 1, 1), (0, 2, 2), (3, 6, 6)),
        ((3, 4, 5), (2, 2, 2), (1, 1, 1), (4, 9, 32)),
        ((1, 7, 7), (1, 1, 1), (0, 3, 3), (1, 8, 2)),
        ((2, 7, 7), (1, 2, 2), (0, 2, 3), (3, 11, 23)),
    ],
)
def test_depthwise_convolutions_come_out_the_same(kernel, stride, padding, size, channels):
    torch.manual_seed(0)
    x, weight = clips(channels, *size), torch.randn(channels, 1, *kernel)
    shift = torch.randn(channels)
    expected = F.conv3d(x, weight, shift, stride, padding, groups=channels)
    settings = {'depthwise': True, 'relu': True}
    found = convolve(x, weight, shift, None, stride, padding, **settings)
    torch.testing.assert_close(found, expected.relu(), rtol=1e-4, atol=1e-4)
    residual = torch.randn_like(expected)
    found = convolve(x, weight, shift, residual, stride, padding, **settings)
    torch.testing.assert_close(found, (expected + residual).relu(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('channels', [1, 16, 54, 130])
@pytest.mark.parametrize(
    ('kernel', 'stride', 'padding', 'size'),
    [
        ((1, 3, 3), (1, 2, 2), (0, 1, 1), (2, 20, 33)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (3, 5, 18)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (3, 5, 7)),
        ((3, 3, 3), (2, 2, 2), (1, 1, 1), (5, 7, 4)),
        ((2, 2, 2), (2, 2, 2), (0, 0, 0), (4, 6, 9)),
    ],
)
def test_maxima_come_out_the_same_with_infinities_and_nan(kernel, stride, padding, size, channels):
    torch.manual_seed(0)
    x = clips(channels, *size)
    x.view(-1)[::97], x.view(-1)[5::91], x.view(-1)[3::89] = float('nan'), torch.inf, -torch.inf
    found = torch.ops.vared_mm_native.max_pool(x, kernel, stride, padding)
    torch.testing.assert_close(
        found, F.max_pool3d(x, kernel, stride, padding), rtol=0, atol=0, equal_nan=True
    )


@pytest.mark.parametrize('scaled', [False, True])
@pytest.mark.parametrize('channels', [1, 16, 54, 130])
@pytest.mark.parametrize('size', [(1, 1, 1), (3, 5, 7), (4, 16, 33)])
def test_swish_and_its_averages_come_out_the_same(size, channels, scaled):
    torch.manual_seed(0)
    x = 30 * clips(channels, *size)
    scale = torch.rand(2, channels, 1, 1, 1) if scaled else None
    expected = F.silu(x * scale if scaled else x)
    found, means = torch.ops.vared_mm_native.swish_averaged(x, scale)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(means, expected.mean((3, 4)).movedim(1, 2), rtol=1e-5, atol=1e-5)
    assert torch.equal(torch.ops.vared_mm_native.swish(x, scale), found)


def test_swish_of_what_is_large_or_no_number():
    x = torch.tensor([torch.nan, torch.inf, 1e30, 88.5, 0.0, -0.0, -87.5, -88.5, -1e30] * 9)
    found = torch.ops.vared_mm_native.swish(x.view(1, 81, 1, 1, 1), None).flatten()
    torch.testing.assert_close(found, F.silu(x), rtol=1e-6, atol=1e-6, equal_nan=True)


def test_nan_stays_behind_a_relu():
    x = torch.full((1, 16, 1, 2, 2), float('nan'))
    found = convolve(x, torch.ones(16, 16, 1, 1, 1), None, None, (1, 1, 1), (0, 0, 0), relu=True)
    assert found.isnan().all()


@pytest.mark.parametrize(
    ('conv', 'known'),
    [
        (nn.Conv3d(8, 8, (1, 3, 3)), True),
        (nn.Conv2d(8, 8, 3), True),
        (nn.Conv3d(3, 8, (1, 3, 3)), True),
        (nn.Conv3d(3, 8, (3, 1, 1)), False),
        (nn.Conv3d(8, 8, (1, 3, 3), dilation=(1, 2, 2)), False),
        (nn.Conv3d(8, 8, 1, dtype=torch.bfloat16), False),
        (nn.Conv3d(8, 8, 3, padding='same'), False),
        (nn.Conv3d(8, 8, 3, padding=1, padding_mode='reflect'), False),
        (nn.Conv3d(8, 8, (1, 3, 3), groups=2), False),
        (nn.Conv3d(8, 8, (1, 3, 3), groups=8), True),
        (nn.Conv2d(8, 8, 7, padding=3, groups=8), True),
        (nn.Conv3d(8, 16, (1, 3, 3), groups=8), False),
        (nn.Conv2d(8, 8, 9, groups=8), False),
        (nn.Conv2d(8, 8, 3, stride=3, groups=8), False),
        (nn.Conv2d(8, 8, 3, padding=2, groups=8), False),
    ],
)
def test_what_the_native_code_takes(conv, known):
    assert native_convolves(conv) is (known and torch.ops.vared_mm_native.has_wide_vectors())
