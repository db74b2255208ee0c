"""Accelerated models give what the plain ones give, at the same recorded cost."""

import contextvars
import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.networks import Frames, vary
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.common.accelerated_backend import AcceleratedBackend
from vared_mm.acceleration.common.compiled import ISOLATED
from vared_mm.acceleration.common.fused import Fused
from vared_mm.acceleration.cpu import accelerator, onednn_backend
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import (
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
    fixed_choice,
    recorded_cost,
)


class Clips(nn.Module):
    """Three convolutions: one with norm and ReLU behind it, one with norm, one with nothing."""

    def __init__(self, channels: int = 12, groups: int = 1, inplace: bool = True) -> None:
        super().__init__()
        self.first = nn.Conv3d(3, channels, (1, 3, 3), padding=(0, 1, 1))
        self.bn1 = nn.BatchNorm3d(channels)
        self.relu = nn.ReLU(inplace)
        self.second = nn.Conv3d(channels, channels, (1, 3, 3), (1, 2, 2), (0, 1, 1), groups=groups)
        self.bn2 = nn.BatchNorm3d(channels, affine=False)
        self.third = nn.Conv3d(channels, channels + 5, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn2(self.second(self.relu(self.bn1(self.first(x)))))
        return self.third(torch.tanh(x))


class SharedFrames(Frames):
    """The first convolution is read by two layers, and both share a ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x)
        return self.relu(self.second(self.relu(self.bn(y) + y)))


def settle(model: nn.Module, x: Tensor) -> nn.Module:
    """Give norms, gates and cheap operations values as after training, so that clips differ."""
    vary(model, gate_std=3)
    with torch.no_grad():
        for _ in range(10):
            model(x + torch.randn_like(x))
    return model.eval()


def patterns(model: nn.Module) -> set:
    layers = dynamic_layers(model).values()
    return {pattern for layer in layers for pattern in layer.record.decision.patterns()}


def check_same(model: nn.Module, quick: nn.Module, x: Tensor) -> None:
    with torch.no_grad(), recorded_cost(model) as plain, recorded_cost(quick) as fast:
        expected, found = model(x), quick(x)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
        before, after = plain.take(), fast.take()
    assert before.layers == after.layers
    for part in ('conv', 'cheap', 'gate', 'time_index', 'channel_index'):
        np.testing.assert_array_equal(getattr(before, part), getattr(after, part))


@pytest.mark.parametrize('search', [(2, 2), (3, 3), (1, 2), (2, 1), (3, 2)])
@pytest.mark.parametrize('size', [(8, 9, 9), (5, 7, 12), (7, 1, 1)])
def test_clips_of_all_sizes_come_out_the_same(search, size):
    torch.manual_seed(0)
    x = torch.randn(12, 3, *size)
    temporal, channel = search
    model = convert_to_dynamic(Clips(21), (3, *size), temporal=temporal, channel=channel)
    model = settle(model, x)
    check_same(model, accelerate(model, x, compiled=False), x)
    assert len(patterns(model)) > 1


@pytest.mark.parametrize('large', [0, 2**30])
def test_large_clips_are_computed_one_by_one(monkeypatch, large):
    monkeypatch.setattr(onednn_backend, 'LARGE', large)
    monkeypatch.setattr(accelerator, 'native_convolves', lambda _conv, _dtype: False)
    torch.manual_seed(7)
    x = torch.randn(12, 3, 8, 9, 9)
    model = settle(convert_to_dynamic(Clips(), (3, 8, 9, 9)), x)
    quick = accelerate(model, x, compiled=False)
    check_same(model, quick, x)
    assert len(patterns(model)) > 1
    check_same(model, quick, x[:5])
    backends = [layer.backend for layer in dynamic_layers(quick).values()]
    packed = [part for backend in backends for part in backend._packed.values()]
    sizes = max(len(part._packed) for part in packed)  # weights are reordered for each size
    assert sizes == 1 if large == 0 else sizes > 1


@pytest.mark.parametrize('options', [{'groups': 4}, {'groups': 12}, {'inplace': False}])
def test_grouped_and_depthwise_layers_come_out_the_same(options):
    torch.manual_seed(1)
    x = torch.randn(6, 3, 4, 8, 8)
    model = settle(convert_to_dynamic(Clips(12, **options), (3, 4, 8, 8)), x)
    check_same(model, accelerate(model, x, compiled=False), x)


@pytest.mark.parametrize('kernel_size', [1, 3])
def test_folded_frames_and_images_come_out_the_same(kernel_size):
    torch.manual_seed(2)
    x = torch.randn(16, 3, 11, 13)
    model = convert_to_dynamic(SharedFrames(), (3, 11, 13), frames=8, kernel_size=kernel_size)
    check_same(settle(model, x), accelerate(model, x, compiled=False), x)
    images = convert_to_dynamic(SharedFrames(), (3, 11, 13), temporal=1, kernel_size=kernel_size)
    check_same(settle(images, x), accelerate(images, x, compiled=False), x)


def test_compiled_model_comes_out_the_same_also_for_another_batch():
    torch.manual_seed(3)
    x = torch.randn(6, 3, 4, 8, 8)
    model = settle(convert_to_dynamic(Clips(12), (3, 4, 8, 8)), x)
    before = copy.deepcopy(model.state_dict())
    quick = accelerate(model, x)
    check_same(model, quick, x)
    check_same(model, quick, x[:2])
    for choice in (0, 1):
        with torch.no_grad(), fixed_choice(model, choice, choice):
            expected = model(x)
        with torch.no_grad(), fixed_choice(quick, choice, choice):
            torch.testing.assert_close(quick(x), expected, rtol=1e-4, atol=1e-4)
    assert executed_cost(quick).time_index.tolist() == [[1, 1, 1]] * 6
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.skipif(not ISOLATED, reason='torch before 2.13')
def test_models_of_a_class_are_compiled_each_for_itself():
    x, compiled = torch.randn(2, 3, 4, 6, 6), []
    with torch.no_grad(), torch._dynamo.config.patch(recompile_limit=1):
        for _ in range(2):
            accelerate(Clips().eval(), x)(x)
            compiled.append(torch._dynamo.utils.counters['stats']['unique_graphs'])
    assert compiled[1] == compiled[0] + 1


def test_a_call_leaves_no_variable_in_the_context():
    x = torch.randn(2, 3, 4, 6, 6)
    with torch.no_grad():
        quick = accelerate(Clips().eval(), x)
        quick(x)
        before = len(contextvars.copy_context())
        quick(x)
    assert len(contextvars.copy_context()) == before


def test_static_model_is_compiled_too():
    torch.manual_seed(4)
    x = torch.randn(2, 3, 4, 8, 8)
    model = Clips().eval()
    with torch.no_grad():
        torch.testing.assert_close(accelerate(model, x)(x), model(x), rtol=1e-4, atol=1e-4)


def test_bfloat16_stays_close_and_decides_in_float32():
    torch.manual_seed(5)
    x = torch.randn(6, 3, 4, 8, 8)
    model = settle(convert_to_dynamic(Clips(12), (3, 4, 8, 8)), x)
    quick = accelerate(model, x, dtype=torch.bfloat16, compiled=False)
    assert quick.first.gate.squeeze.dtype == torch.float32
    with torch.no_grad(), fixed_choice(model, 1, 1), fixed_choice(quick, 1, 1):
        expected, found = model(x), quick(x)
    assert found.dtype == torch.float32
    assert quick.first.backend.post_ops.scale.dtype == torch.float32
    assert (found - expected).norm() < 0.02 * expected.norm()


def test_norm_and_relu_are_fused_only_where_nothing_else_reads():
    frames = convert_to_dynamic(SharedFrames(), (3, 11, 13), frames=8).eval()
    quick = accelerate(frames, torch.randn(8, 3, 11, 13), compiled=False)
    # Norm and sum both read the first layer; the ReLU of the second is called elsewhere too.
    assert not any(isinstance(module, Fused) for module in quick.modules())
    clips = convert_to_dynamic(Clips(), (3, 4, 8, 8)).eval()
    quick = accelerate(clips, torch.randn(1, 3, 4, 8, 8), compiled=False)
    fused = [name for name, module in quick.named_modules() if isinstance(module, Fused)]
    assert fused == ['bn1', 'relu', 'bn2']
    assert all(
        isinstance(layer.backend, AcceleratedBackend) for layer in (quick.first, quick.third)
    )


@pytest.mark.usefixtures('without_compiler')
def test_without_a_compiler_the_model_stays_as_it_is():
    x = torch.randn(2, 3, 4, 8, 8)
    model = settle(convert_to_dynamic(Clips(), (3, 4, 8, 8)), x)
    with pytest.warns(UserWarning, match='no compiler') as warned:
        quick = accelerate(model, x)
    assert len(warned) == 1
    check_same(model, quick, x)


@pytest.mark.parametrize('dtype', [torch.float64, torch.float16])
def test_dynamic_models_in_another_type_stay_as_they_are(dtype):
    x = torch.randn(2, 3, 4, 8, 8).double()
    model = settle(convert_to_dynamic(Clips(), (3, 4, 8, 8)), x.float()).double()
    with pytest.warns(UserWarning, match=f'it computes in {dtype}: must be float32 or bfloat16'):
        quick = accelerate(model, x, dtype=dtype)
    check_same(model, quick, x)


@pytest.mark.parametrize('dynamic', [False, True])
def test_a_model_that_is_one_layer_stays_it(dynamic):
    x = torch.randn(2, 3, 4, 8, 8)
    layer = nn.Conv3d(3, 8, 3, padding=1).eval()
    layer = convert_to_dynamic(layer, x.shape[1:]).eval() if dynamic else layer
    quick = accelerate(layer, x, compiled=False)
    assert type(quick) is type(layer)
    with torch.no_grad():
        torch.testing.assert_close(quick(x), layer(x))


def test_models_in_training_are_refused():
    with pytest.raises(ValueError, match='training mode'):
        accelerate(Clips(), torch.randn(1, 3, 4, 8, 8))


def test_accelerated_models_are_not_copied_or_accelerated_again():
    x = torch.randn(1, 3, 4, 8, 8)
    quick = accelerate(convert_to_dynamic(Clips(), (3, 4, 8, 8)).eval(), x, compiled=False)
    with pytest.raises(TypeError, match='accelerated again: take the model that it was made of'):
        accelerate(quick, x)


def test_drawn_choices_have_the_asked_mean():
    torch.manual_seed(6)
    x = torch.randn(200, 3, 4, 8, 8)
    model = convert_to_dynamic(Clips(12), (3, 4, 8, 8)).eval()
    with torch.no_grad(), drawn_choice(model, 0.4):
        model(x)
    cost = executed_cost(model)
    assert cost.channel_index.mean() == pytest.approx(0.4, abs=0.06)
    assert cost.time_index.mean() == pytest.approx(0.4, abs=0.06)
    assert (cost.gate > 0).all()
    with pytest.raises(ValueError, match='halved=1.5'), drawn_choice(model, 1.5):
        pass


def rounding_of(model: nn.Module, exact: Tensor, x: Tensor) -> float:
    with torch.no_grad():
        return ((model(x) - exact).norm() / exact.norm()).item()


def test_rounding_is_no_larger_than_that_of_the_plain_model():
    torch.manual_seed(8)
    x = torch.randn(6, 3, 4, 8, 8) + torch.randn(6, 3, 1, 1, 1)
    widths, layers = [3, *[12] * 16], []
    for narrow, wide in pairwise(widths):
        conv = nn.Conv3d(narrow, wide, (1, 3, 3), padding=(0, 1, 1))
        layers += [conv, nn.BatchNorm3d(wide), nn.ReLU()]
    model = settle(convert_to_dynamic(nn.Sequential(*layers), (3, 4, 8, 8)), x)
    quick, double = accelerate(model, x, compiled=False), copy.deepcopy(model).double()
    with torch.no_grad():
        exact = double(x.double())
    plain, fast = (rounding_of(m, exact, x) for m in (model, quick))
    assert fast <= 3 * plain + 1e-6
    for choice in (0, 1):
        with torch.no_grad(), fixed_choice(double, choice, choice):
            exact = double(x.double())
        with fixed_choice(model, choice, choice), fixed_choice(quick, choice, choice):
            same, fast = (rounding_of(m, exact, x) for m in (model, quick))
        assert fast <= 3 * same + 1e-6 and same < 1e-5
