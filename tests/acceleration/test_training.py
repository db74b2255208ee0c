"""Accelerated training gives the results and gradients of plain training."""

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.networks import Frames, vary
from vared_mm.acceleration import accelerate, accelerate_training
from vared_mm.acceleration.common.fused import Fused
from vared_mm.acceleration.training import backend, recomputed
from vared_mm.acceleration.training.backend import TrainingBackend
from vared_mm.acceleration.training.rebuild_mix import RebuildMix
from vared_mm.dynamic import convert_to_dynamic, dynamic_layers


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch):
    """Even a test's activations are recomputed."""
    monkeypatch.setattr(backend, 'SMALL', 0)


class Clips(nn.Module):
    """A full, a grouped and a strided convolution; behind one of them ReLU works in place."""

    def __init__(self, channels: int = 12, groups: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv3d(3, channels, (1, 3, 3), padding=(0, 1, 1))
        self.bn = nn.BatchNorm3d(channels)
        self.second = nn.Conv3d(channels, channels, 3, padding=1, groups=groups)
        self.third = nn.Conv3d(channels, channels + 5, 1, (2, 1, 1), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu_(self.bn(self.first(x)))
        return self.third(torch.relu_(self.second(x)))


def run(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The result, and the gradient of everything."""
    x = x.clone().requires_grad_()
    model.zero_grad()
    out = model(x)
    (out * torch.linspace(-1, 1, out.numel(), dtype=x.dtype).reshape(out.shape)).sum().backward()
    grads = {name: p.grad for name, p in model.named_parameters()}
    return {'out': out.detach(), 'x': x.grad, **grads}


def check_same(model: nn.Module, x: Tensor) -> None:
    """Against the plain model in float64; as close as the plain model itself, or 5e-5."""
    exact = run(copy.deepcopy(model).double(), x.double())
    plain = run(copy.deepcopy(model), x)
    quick = copy.deepcopy(model)
    accelerate_training(quick)
    assert all(
        isinstance(layer.backend, TrainingBackend) for layer in dynamic_layers(quick).values()
    )
    found = run(quick, x)
    assert found.keys() == exact.keys() and len(found) > 10
    for name, value in exact.items():
        scale = value.abs().max().clamp(min=1e-3)
        error = (found[name] - value).abs().max() / scale
        assert error <= max(5e-5, 3 * (plain[name] - value).abs().max() / scale), name


@pytest.mark.parametrize('search', [(1, 2), (2, 1), (2, 2), (3, 3)])
@pytest.mark.parametrize('size', [(8, 8, 9), (5, 7, 1), (7, 1, 18)])
def test_clips_of_all_sizes_give_the_same_gradients(search, size):
    torch.manual_seed(0)
    model = convert_to_dynamic(Clips(21), (3, *size), temporal=search[0], channel=search[1])
    check_same(vary(model), torch.randn(4, 3, *size))


@pytest.mark.parametrize('groups', [4, 12])
@pytest.mark.parametrize('kernel_size', [1, 3])
def test_grouped_and_depthwise_layers_give_the_same_gradients(groups, kernel_size):
    torch.manual_seed(1)
    model = convert_to_dynamic(Clips(12, groups), (3, 4, 6, 6), kernel_size=kernel_size)
    check_same(vary(model), torch.randn(3, 3, 4, 6, 6))


@pytest.mark.parametrize('frames', [1, 5])
def test_folded_frames_and_images_give_the_same_gradients(frames):
    torch.manual_seed(2)
    temporal = min(frames, 2)
    model = convert_to_dynamic(Frames(), (3, 11, 13), frames=frames, temporal=temporal)
    check_same(vary(model), torch.randn(3 * frames, 3, 11, 13))


def test_steps_of_training_end_with_the_same_weights():
    torch.manual_seed(3)
    plain = vary(convert_to_dynamic(Clips(), (3, 4, 8, 8), temporal=3, channel=3))
    quick = copy.deepcopy(plain)
    accelerate_training(quick)
    for model in (plain, quick):
        torch.manual_seed(4)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        for _ in range(4):
            loss = model(torch.randn(4, 3, 4, 8, 8)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    expected, found = plain.state_dict(), quick.state_dict()
    assert list(expected) == list(found)
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-5, atol=1e-5)
    with torch.no_grad():  # in evaluation mode the layers are plain ones
        x = torch.randn(2, 3, 4, 8, 8)
        torch.testing.assert_close(quick.eval()(x), plain.eval()(x), rtol=1e-4, atol=1e-4)


def test_threads_do_not_matter_and_runs_repeat():
    torch.manual_seed(5)
    model = vary(convert_to_dynamic(Clips(), (3, 8, 8, 8)))
    accelerate_training(model)
    x, threads = torch.randn(3, 3, 8, 8, 8), torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        first, second = run(copy.deepcopy(model), x), run(copy.deepcopy(model), x)
        torch.set_num_threads(1)
        alone = run(model, x)
    finally:
        torch.set_num_threads(threads)
    for name, value in first.items():
        assert torch.equal(value, second[name]), name
        assert (value - alone[name]).abs().max() <= 1e-4 * value.abs().max() + 1e-5, name


@pytest.mark.parametrize('small', [0, 2**20])
def test_a_batch_norm_keeps_only_small_mixed_clips(monkeypatch, small):
    monkeypatch.setattr(backend, 'SMALL', small)
    x = torch.randn(2, 3, 4, 8, 8)
    model = vary(convert_to_dynamic(Clips(), (3, 4, 8, 8)))
    accelerate_training(model)
    seen: dict[nn.Module, Tensor] = {}
    nodes: list[Any] = []
    model.first.register_forward_hook(lambda layer, _, out: seen.update({layer: out}))
    model.bn.register_forward_hook(lambda _l, _i, out: nodes.append(out.grad_fn))
    model(x)
    mixed, again = seen[model.first], nodes[0]._saved_input
    assert (again.data_ptr() == mixed.data_ptr()) == bool(small)
    assert torch.equal(again, mixed)


def test_other_types_and_autocast_still_train():
    torch.manual_seed(6)
    model = vary(convert_to_dynamic(Clips(), (3, 4, 8, 8)))
    quick = copy.deepcopy(model)
    accelerate_training(quick)
    x = torch.randn(2, 3, 4, 8, 8)
    plain = run(copy.deepcopy(model).double(), x.double())
    for name, value in run(copy.deepcopy(quick).double(), x.double()).items():
        assert torch.equal(value, plain[name]), name
    with torch.autocast('cpu', torch.bfloat16):
        found = run(quick, x)
    assert (found['out'] - plain['out']).norm() < 0.05 * plain['out'].norm()
    name = 'second.channel_reconstructions.0.weight'
    assert (found[name] - plain[name]).norm() < 0.1 * plain[name].norm()


def test_native_operation_refuses_kernels_of_another_type():
    clips, ones = torch.randn(1, 2, 3, 3, 4), torch.ones(1, 2) / 2
    kernels = [torch.zeros(1, 4, 1, 3, 3).half(), torch.zeros(2, 1, 3, 3)]
    with pytest.raises(RuntimeError, match='kernels'):
        RebuildMix.apply(clips, ones, ones, (4, 2), *kernels)


@pytest.mark.usefixtures('without_compiler')
def test_without_a_compiler_the_model_stays_as_it_is():
    model = convert_to_dynamic(Clips(), (3, 4, 8, 8))
    with pytest.warns(UserWarning, match='no compiler') as warned:
        accelerate_training(model)
    assert len(warned) == 1
    assert not any(isinstance(m.backend, TrainingBackend) for m in dynamic_layers(model).values())


class NamedNorm(Clips):
    """Calls its norm by the argument's name."""

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu_(self.bn(input=self.first(x)))
        return self.third(torch.relu_(self.second(x)))


def test_norms_called_by_name_and_layers_with_hooks_give_the_same_gradients():
    torch.manual_seed(7)
    check_same(vary(convert_to_dynamic(NamedNorm(), (3, 4, 8, 8))), torch.randn(2, 3, 4, 8, 8))
    model = vary(convert_to_dynamic(Clips(), (3, 4, 8, 8)))
    model.first.register_forward_hook(lambda _l, _i, out: out * 2)
    model.bn.register_forward_pre_hook(lambda _l, inputs: inputs[0] + 1)
    nn.utils.parametrize.register_parametrization(model.bn, 'weight', nn.Softplus())
    check_same(model, torch.randn(2, 3, 4, 8, 8))


def test_layers_whose_cheap_operations_have_hooks_stay_plain():
    torch.manual_seed(8)
    model = vary(convert_to_dynamic(Clips(), (3, 4, 8, 8)))
    model.second.channel_reconstructions[0].register_forward_hook(lambda _l, _i, out: out * 3)
    quick, x = copy.deepcopy(model), torch.randn(2, 3, 4, 8, 8)
    accelerate_training(quick)
    kinds = [isinstance(m.backend, TrainingBackend) for m in dynamic_layers(quick).values()]
    assert kinds == [True, False, True]
    plain, found = run(model, x), run(quick, x)
    for name, value in plain.items():
        torch.testing.assert_close(found[name], value, rtol=1e-3, atol=1e-4)


def test_memory_that_another_tensor_has_taken_is_not_computed_again():
    out, other = torch.randn(4, 4).requires_grad_() * 1, torch.randn(4, 4)
    recomputed.recompute_later(out, lambda: out.detach() * 0)
    norm = nn.Identity()
    recomputed.keep_less(norm)
    recomputed._KNOWN[other.untyped_storage().data_ptr()] = out  # as if it lay there before
    assert recomputed._pack(other) is other
    assert recomputed._pack(out) is not out


def test_an_accelerated_model_is_not_trained():
    x = torch.randn(2, 3, 4, 8, 8)
    quick = accelerate(convert_to_dynamic(Clips(), x.shape[1:]).eval(), x, compiled=False)
    with pytest.raises(TypeError, match='^an accelerated model can not be trained: take the model'):
        accelerate_training(quick)


def test_a_model_made_quick_to_train_is_made_quick_to_run_too():
    torch.manual_seed(9)
    model, x = vary(convert_to_dynamic(Clips(), (3, 4, 8, 8))), torch.randn(2, 3, 4, 8, 8)
    accelerate_training(model)
    model(x).sum().backward()
    quick = accelerate(model.eval(), x, compiled=False)
    assert isinstance(quick.bn, Fused)
    with torch.no_grad():
        torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
