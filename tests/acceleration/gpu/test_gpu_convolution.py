"""A layer's kernels give what the layer, its norm and its ReLU give.

Each kernel runs with NaN in all memory that was not written.
"""

import itertools

import pytest
import torch
from torch import Tensor

from tests.acceleration.gpu.layers import CONVOLUTIONS, Pair, clips_for, dynamic_layer
from vared_mm.dynamic import ConstantGate, Override, fixed_choice

CASES = [
    *((name, (3, 3)) for name in CONVOLUTIONS),
    *((name, (2, 2)) for name in ('frames', 'few channels')),
    *((name, (2, 1)) for name in ('strided', 'depthwise')),
    *((name, (1, 2)) for name in ('frames', 'depthwise along time')),
]


def patterns(pair: Pair) -> list:
    return pair.layer.record.decision.patterns()


@pytest.mark.parametrize(('name', 'search'), CASES)
def test_layers_of_all_kinds_come_out_the_same(device, name, search):
    torch.manual_seed(0)
    pair = Pair(dynamic_layer(name, device, *search))
    pair.check(clips_for(name, 4, device))
    assert len(set(patterns(pair))) > 1


@pytest.mark.parametrize('name', ['pointwise', 'depthwise along time'])
def test_every_fixed_choice_comes_out_the_same(device, name):
    torch.manual_seed(1)
    layer = dynamic_layer(name, device, 3, 3)
    pair = Pair(layer)
    x = clips_for(name, 1, device)
    for choice in itertools.product(range(3), range(3)):
        with fixed_choice(layer, *choice), fixed_choice(pair.quick_layer, *choice):
            pair.check(x)
        assert patterns(pair) == [tuple((index,) for index in choice)]


@pytest.mark.parametrize('name', ['frames', 'depthwise'])
def test_mix_of_all_candidates_comes_out_the_same(device, name):
    torch.manual_seed(2)
    layer = dynamic_layer(name, device, 3, 3)
    pair = Pair(layer)
    layer.override = pair.quick_layer.override = Override(ConstantGate.equal_mix(layer.search))
    pair.check(clips_for(name, 2, device))
    assert patterns(pair) == [((0, 1, 2), (0, 1, 2))] * 2


@pytest.mark.parametrize('name', ['strided', 'depthwise'])
def test_cheap_operations_of_one_tap_come_out_the_same(device, name):
    torch.manual_seed(3)
    pair = Pair(dynamic_layer(name, device, 3, 3, kernel_size=1))
    pair.check(clips_for(name, 4, device))
    assert len(set(patterns(pair))) > 1


@pytest.mark.parametrize('name', ['pointwise', 'depthwise along time'])
def test_without_a_relu_values_below_zero_stay(device, name):
    torch.manual_seed(4)
    pair = Pair(dynamic_layer(name, device, 2, 2), relu=False)
    x = clips_for(name, 4, device)
    pair.check(x)
    assert (pair.quick(x) < -0.1).any()


@pytest.mark.parametrize('name', ['pointwise', 'depthwise along time'])
def test_batches_of_any_size_come_out_the_same(device, name):
    torch.manual_seed(5)
    pair = Pair(dynamic_layer(name, device, 2, 2))
    x = clips_for(name, 9, device)
    for clips in (x[:1], x[2:5], x):
        pair.check(clips)
    assert len(set(patterns(pair))) > 1


@pytest.mark.parametrize('name', ['frames', 'depthwise along time'])
def test_clips_of_any_layout_come_out_the_same(device, name):
    torch.manual_seed(6)
    pair = Pair(dynamic_layer(name, device, 2, 2))
    x = clips_for(name, 2, device)
    expected = pair.quick(x)
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        found = pair.quick(x.contiguous(memory_format=layout))
        assert torch.equal(found, expected)
        assert found.is_contiguous(memory_format=torch.channels_last_3d)
    assert pair.quick_layer.backend.result_like(pair.quick_layer, x).stride() == expected.stride()


@pytest.mark.parametrize('name', ['pointwise', 'depthwise along time'])
def test_clip_of_nan_stays_so_and_leaves_the_others_alone(device, name):
    torch.manual_seed(7)
    pair = Pair(dynamic_layer(name, device, 3, 3))
    x = clips_for(name, 3, device)
    x[1] = float('nan')
    pair.check(x)
    found = pair.quick(x)
    assert found[1].isnan().all()
    assert not found[[0, 2]].isnan().any()


def half_types() -> list[torch.dtype]:
    """The interpreter multiplies no matrices of bfloat16."""
    return [torch.float16, *([torch.bfloat16] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize('dtype', half_types())
@pytest.mark.parametrize('name', ['frames', 'few channels', 'depthwise'])
def test_half_precision_stays_close(device, name, dtype):
    torch.manual_seed(8)
    pair = Pair(dynamic_layer(name, device, 3, 3), dtype)
    x: Tensor = clips_for(name, 3, device).to(dtype)
    found, expected = pair.quick(x), pair.plain(x.float())
    assert found.dtype == dtype
    assert (found - expected).norm() < (0.002 if dtype == torch.float16 else 0.02) * expected.norm()
    assert pair.quick_layer.record.decision.patterns() == patterns(pair)
