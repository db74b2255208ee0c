"""Norms and ReLUs are fused where they are known and alone read a layer; results stay."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune

from tests.acceleration.fusion_networks import (
    CLIP,
    FUSED,
    LEFT,
    Activates,
    InPlace,
    LooksAtValues,
    Net,
    Plain,
    ReadsArray,
    ReturnsRaw,
    WritesWeights,
    accelerated,
    build,
    check_same,
)
from vared_mm.acceleration.common.fused import Fused
from vared_mm.dynamic import dynamic_layers


def count_fused(quick: nn.Module) -> int:
    return sum(isinstance(module, Fused) for module in quick.modules())


@pytest.mark.parametrize('kind', FUSED)
def test_what_alone_reads_a_layer_is_fused(kind):
    model, x = build(kind, True), torch.randn(3, *CLIP)
    quick = accelerated(model, x, compiled=False)
    assert count_fused(quick) == FUSED[kind]
    check_same(model, quick, x)
    model = build(kind, False)
    quick = accelerated(model, x, compiled=False)
    assert count_fused(quick) == 1  # the norm
    check_same(model, quick, x)
    check_same(model, quick, x[:2])


@pytest.mark.parametrize('dynamic', [True, False])
@pytest.mark.parametrize('kind', LEFT)
def test_what_something_else_reads_is_left(kind, dynamic):
    if dynamic and kind in (LooksAtValues, ReadsArray):
        pytest.skip('the conversion runs it without values')
    x = torch.randn(3, *CLIP)
    model = build(kind, dynamic)
    quick = accelerated(model, x, compiled=False)
    assert count_fused(quick) == 0
    check_same(model, quick, x)
    check_same(model, quick, x + 9)


def test_layers_whose_weights_a_pass_changes_are_left():
    x = torch.randn(3, *CLIP)
    model = build(WritesWeights, False)
    quick = accelerated(model, x, compiled=False)
    assert count_fused(quick) == 0
    for _ in range(2):
        check_same(model, quick, x)


def norm_in_training(net: Net) -> None:
    net.bn.train()


def hook_on_norm(net: Net) -> None:
    net.bn.register_forward_hook(lambda _m, _i, out: out + 1)


def hook_before_norm(net: Net) -> None:
    net.bn.register_forward_pre_hook(lambda _m, inputs: inputs[0] * 2)


def hook_on_convolution(net: Net) -> None:
    net.conv.register_forward_hook(lambda _m, _i, out: out + 1)


def own_forward_of_norm(net: Net) -> None:
    net.bn.forward = lambda x: F.batch_norm(x, net.bn.running_mean, net.bn.running_var) + 1


def own_forward_of_convolution(net: Net) -> None:
    convolve = net.conv.forward
    net.conv.forward = lambda x: convolve(x) * 3


def own_forward_of_parent(net: Net) -> None:
    net.forward = lambda x: net.relu(net.conv(x)) + net.bn(net.conv(x))


def hook_on_gate(net: Net) -> None:
    for layer in dynamic_layers(net).values():
        layer.gate.norm.register_forward_hook(lambda _m, _i, out: out + 1)


def hook_on_cheap_operation(net: Net) -> None:
    for layer in dynamic_layers(net).values():
        layer.channel_reconstructions[0].register_forward_hook(lambda _m, _i, out: out + 1)


def weight_norm(net: Net) -> None:
    parametrizations.weight_norm(net.conv)


def old_weight_norm(net: Net) -> None:
    nn.utils.weight_norm(net.conv)


def spectral_norm(net: Net) -> None:
    nn.utils.spectral_norm(net.conv.eval())


def pruned(net: Net) -> None:
    prune.random_unstructured(net.conv, 'weight', 0.5)


def parametrized_norm(net: Net) -> None:
    parametrize.register_parametrization(net.bn, 'weight', nn.Softplus())


@pytest.mark.parametrize(
    ('change', 'dynamic'),
    [
        *[
            (change, dynamic)
            for dynamic in (True, False)
            for change in (
                norm_in_training,
                hook_on_norm,
                hook_before_norm,
                hook_on_convolution,
                own_forward_of_norm,
                own_forward_of_convolution,
                own_forward_of_parent,
            )
        ],
        (hook_on_gate, True),
        (hook_on_cheap_operation, True),
        *[
            (change, False)
            for change in (
                weight_norm,
                old_weight_norm,
                spectral_norm,
                pruned,
                parametrized_norm,
            )
        ],
    ],
)
def test_what_a_module_was_given_stays(change, dynamic):
    model, x = build(Plain, dynamic), torch.randn(3, *CLIP)
    change(model)
    quick = accelerated(model, x, compiled=False)
    check_same(model, quick, x)
    check_same(model, quick, x[:2])


def test_hooks_of_all_modules_stay():
    model, x = build(Plain, True), torch.randn(3, *CLIP)
    add = lambda m, _i, out: out + 1 if isinstance(m, nn.BatchNorm3d) else None  # noqa: E731
    handle = nn.modules.module.register_module_forward_hook(add)
    try:
        quick = accelerated(model, x, compiled=False)
        check_same(model, quick, x)
    finally:
        handle.remove()


class NotRegistered(Net):
    """Keeps its convolution in a list of its own too."""

    def build(self) -> None:
        self.layers = [self.conv]

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.bn(self.layers[0](x)))


def test_a_model_with_a_layer_that_is_not_replaced_everywhere_stays_as_it_is():
    model, x = build(NotRegistered, False), torch.randn(3, *CLIP)
    with pytest.warns(
        UserWarning, match='the model stays as it is: its result on the example differs'
    ):
        quick = accelerated(model, x, compiled=False)
    check_same(model, quick, x)


@pytest.mark.slow
def test_what_is_left_comes_out_the_same_compiled():
    kinds = (ReturnsRaw, Activates, InPlace)

    class All(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.nets = nn.ModuleList(kind() for kind in kinds)

        def forward(self, x: Tensor) -> list:
            return [net(x) for net in self.nets]

    model, x = build(All, True), torch.randn(3, *CLIP)
    hook_on_norm(model.nets[2])
    hook_on_convolution(model.nets[1])
    quick = accelerated(model, x)
    check_same(model, quick, x)
    check_same(model, quick, x * 2)
