"""A native layer follows gates and overrides, and applies the post-ops of each call."""

import copy
from contextlib import ExitStack

import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration.common.post_ops import PostOps
from vared_mm.acceleration.cpu.backend import NativeBackend
from vared_mm.acceleration.cpu.library import load_native
from vared_mm.acceleration.cpu.onednn_backend import OneDnnBackend
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import (
    DynamicConvolution,
    SoftModulationGate,
    convert_to_dynamic,
    fixed_choice,
)

LAYERS = {
    'clips': (nn.Conv3d(8, 20, (1, 3, 3), padding=(0, 1, 1)), {'input_shape': (8, 4, 9, 7)}),
    'strided': (nn.Conv3d(8, 12, 3, (1, 2, 2), 1), {'input_shape': (8, 4, 9, 7)}),
    'depthwise': (nn.Conv3d(20, 20, 3, 1, 1, groups=20), {'input_shape': (20, 4, 9, 7)}),
    'frames': (nn.Conv2d(8, 20, 3, padding=1), {'input_shape': (8, 9, 7), 'frames': 4}),
}
NATIVE = torch.ops.vared_mm


@pytest.fixture(autouse=True)
def _native() -> None:
    load_native()


def make(name: str, relu: bool = False) -> tuple[DynamicConvolution, nn.Module, Tensor]:
    """A layer, a norm behind it, and the layer's input."""
    torch.manual_seed(0)
    conv, options = LAYERS[name]
    layer = convert_to_dynamic(nn.Sequential(copy.deepcopy(conv)), **options)[0]
    vary(layer, gate_std=2)
    with torch.no_grad():
        layer.gate.beta.normal_()
    norm = (nn.BatchNorm3d if isinstance(conv, nn.Conv3d) else nn.BatchNorm2d)(conv.out_channels)
    for values in (norm.weight, norm.bias, norm.running_mean):
        nn.init.normal_(values)
    shape = options['input_shape']
    batch = 3 * options.get('frames', 1)
    x = torch.randn(batch, *shape) + 2 * torch.randn(batch, *shape[:-2], 1, 1)
    return layer.eval().requires_grad_(False), norm.eval().requires_grad_(False), x


def same_records(quick: DynamicConvolution, plain: DynamicConvolution) -> None:
    found, expected = quick.record, plain.record
    assert found.cost == expected.cost
    assert found.decision.gate_macs == expected.decision.gate_macs
    for axis in ('temporal', 'channel'):
        values = (getattr(record.decision, axis) for record in (found, expected))
        torch.testing.assert_close(*values, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('backend', [NativeBackend, OneDnnBackend])
@pytest.mark.parametrize('name', LAYERS)
def test_gates_and_overrides_are_followed_and_paid_for(name, backend):
    layer, norm, x = make(name)
    quick = copy.deepcopy(layer)
    quick.backend = backend(quick, PostOps.of(layer, norm, True))
    for context in (None, fixed_choice, lambda model: drawn_choice(model, 0.5)):
        for _ in range(2):  # of a size that was seen too
            with ExitStack() as stack:
                for one in (layer, quick) if context else ():
                    stack.enter_context(context(one))
                found, expected = quick(x), norm(layer(x)).relu()
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
            same_records(quick, layer)
        assert (quick.record.decision.gate_macs == 0) == (context is fixed_choice)
    assert quick.backend.result_like(quick, x).stride() == found.stride()


def test_another_gate_decides_in_python():
    class Other(SoftModulationGate):
        pass

    layer, norm, x = make('clips')
    layer.gate.__class__ = Other
    quick = copy.deepcopy(layer)
    quick.backend = NativeBackend(quick, PostOps.of(layer, norm, False))
    assert quick.backend.gate is None
    for context in (None, drawn_choice):
        with ExitStack() as stack:
            for one in (layer, quick) if context else ():
                stack.enter_context(context(one, 0.5))
            torch.testing.assert_close(quick(x), norm(layer(x)), rtol=1e-4, atol=1e-4)
        same_records(quick, layer)


@pytest.mark.parametrize('relu', [False, True])
@pytest.mark.parametrize('adds', [False, True])
@pytest.mark.parametrize('name', LAYERS)
def test_a_call_brings_its_residual_relu_and_averages(name, adds, relu):
    layer, norm, x = make(name)
    quick = copy.deepcopy(layer)
    quick.backend = NativeBackend(quick, PostOps.of(layer, norm, False))
    expected = norm(layer(x))
    residual = torch.randn_like(expected) if adds else None
    expected = expected + residual if adds else expected
    expected = expected.relu() if relu else expected
    clips = layer.to_clips(x)
    means = clips.mean((3, 4)).transpose(1, 2).contiguous()
    arguments = x, quick.backend.handle, means, residual, relu
    found = NATIVE.native_convolution(*arguments)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    averaged, of_frames = NATIVE.native_convolution_averaged(*arguments)
    assert torch.equal(averaged, found)
    wanted = layer.to_clips(expected).mean((3, 4)).transpose(1, 2)
    torch.testing.assert_close(of_frames, wanted, rtol=1e-4, atol=1e-4)
    same_records(quick, layer)


def test_clips_that_the_gate_was_not_made_for_are_refused_in_its_words():
    layer, norm, x = make('clips')
    quick = copy.deepcopy(layer)
    quick.backend = NativeBackend(quick, PostOps.of(layer, norm, False))
    with pytest.raises(ValueError, match='the gate is made for clips'):
        quick(x[:, :, :3])
