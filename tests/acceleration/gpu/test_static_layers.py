"""A static convolution gives the same by the library and by our kernel."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.acceleration.gpu.layers import CONVOLUTIONS, clips_for
from vared_mm.acceleration.gpu import static_layers
from vared_mm.acceleration.gpu.accelerator import GpuAccelerator
from vared_mm.acceleration.gpu.static_layers import MeasuredConv3d


def make(name: str, device: str) -> nn.Conv3d:
    how, channels, clip = CONVOLUTIONS[name]
    return nn.Conv3d(clip[0], channels, **how).to(device).eval().requires_grad_(False)


@pytest.mark.parametrize('relu', [True, False])
@pytest.mark.parametrize('name', CONVOLUTIONS)
def test_both_ways_come_out_as_the_convolution(device, name, relu):
    torch.manual_seed(0)
    conv = make(name, device)
    x = clips_for(name, 2, device)
    expected = conv(x).relu() if relu else conv(x)
    quick = MeasuredConv3d(conv, None, relu, torch.float32)
    assert (expected < 0).any() != relu
    for ours in (False, True):
        quick.ours = ours
        torch.testing.assert_close(quick(x), expected, rtol=1e-4, atol=1e-4)


def test_many_clips_come_out_as_of_the_convolution(device):
    torch.manual_seed(1)
    conv = make('pointwise', device)
    x = clips_for('pointwise', 67, device)
    found = MeasuredConv3d(conv, None, False, torch.float32).compute(x)
    torch.testing.assert_close(found, conv(x), rtol=1e-4, atol=1e-4)


def test_clips_of_one_pixel_come_out_as_of_the_convolution(device):
    torch.manual_seed(1)
    conv = nn.Conv3d(4, 20, 1).to(device).eval().requires_grad_(False)
    x = torch.randn(3, 4, 1, 1, 1, device=device)
    for clips in (x, x.as_strided(x.shape, (4, 1, 1, 3, 1))):
        found = MeasuredConv3d(conv, None, False, torch.float32).compute(clips)
        torch.testing.assert_close(found, conv(x), rtol=1e-4, atol=1e-4)


def test_result_lies_where_a_compiler_expects_it(device):
    x = clips_for('strided', 2, device)
    quick = MeasuredConv3d(make('strided', device), None, False, torch.float32)
    like, found = quick.result_like(x), quick.compute(x)
    assert (like.shape, like.stride(), like.dtype) == (found.shape, found.stride(), found.dtype)


@pytest.mark.parametrize('ours_is_quicker', [True, False])
def test_quicker_way_is_taken(device, monkeypatch, ours_is_quicker):
    quick = MeasuredConv3d(make('pointwise', device), None, True, torch.float32)
    ours = []
    monkeypatch.setattr(quick, 'compute', ours.append)

    def measure(call: Callable[[], Any], *_: Any) -> list[float]:
        before = len(ours)
        call()
        return [1.0 if (len(ours) > before) == ours_is_quicker else 2.0]

    monkeypatch.setattr(static_layers, 'time_quickly', measure)
    quick.measure(clips_for('pointwise', 1, device))
    assert quick.ours == ours_is_quicker


@pytest.mark.parametrize('options', [{'groups': 2}, {'dilation': 2}])
def test_what_no_kernel_knows_stays_with_the_library(device, options):
    torch.manual_seed(1)
    conv = nn.Conv3d(4, 6, 3, **options).to(device).eval().requires_grad_(False)
    x = torch.randn(2, 4, 5, 6, 7, device=device)
    accelerator = GpuAccelerator(torch.float32)
    assert not accelerator.fuses_relu(conv)
    quick = accelerator.static(conv, None, False)
    assert not isinstance(quick, MeasuredConv3d)
    torch.testing.assert_close(quick(x), conv(x), rtol=1e-4, atol=1e-4)
