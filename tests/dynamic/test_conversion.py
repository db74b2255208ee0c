"""Conversion of module trees."""

import copy

import pytest
import torch
from torch import nn

from tests.dynamic.networks import SHAPE, Net, two_layers
from vared_mm.dynamic import (
    DynamicConv2d,
    DynamicConv3d,
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
    fixed_choice,
)


def test_static_checkpoint_loads_and_names_stay():
    static = Net()
    dynamic = convert_to_dynamic(Net(), SHAPE)
    missing, unexpected = dynamic.load_state_dict(static.state_dict(), strict=False)
    assert not unexpected
    assert missing and all('.gate.' in key or '_reconstructions.' in key for key in missing)
    x = torch.randn(2, *SHAPE)
    with fixed_choice(dynamic), torch.no_grad():
        assert torch.allclose(dynamic.eval()(x), static.eval()(x), atol=1e-5)


def test_include_and_exclude():
    assert list(dynamic_layers(convert_to_dynamic(Net(), SHAPE))) == ['stem', 'block.2']
    assert list(dynamic_layers(convert_to_dynamic(Net(), SHAPE, include='block'))) == ['block.2']
    kept = convert_to_dynamic(Net(), SHAPE, exclude=[r'^block'])
    assert list(dynamic_layers(kept)) == ['stem']
    # a layer that runs twice in a pass has two inputs and one gate: it stays static
    assert type(kept.shared) is nn.Conv3d


def test_deep_layers_get_fewer_candidates():
    layers = dynamic_layers(convert_to_dynamic(Net(), (3, 4, 16, 16), temporal=3))
    assert [layer.search.temporal for layer in layers.values()] == [3, 2]


def test_image_model_and_model_of_folded_frames():
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3))
    image = convert_to_dynamic(copy.deepcopy(net), (3, 16, 16), temporal=1)
    assert all(isinstance(layer, DynamicConv2d) for layer in dynamic_layers(image).values())
    image(torch.randn(5, 3, 16, 16))
    assert len(executed_cost(image)) == 5
    video = convert_to_dynamic(net, (3, 16, 16), frames=4)
    video(torch.randn(8, 3, 16, 16))
    assert len(executed_cost(video)) == 2


def test_converts_a_model_in_double_precision():
    layer = convert_to_dynamic(nn.Conv3d(2, 4, 1).double(), (2, 4, 5, 5))
    assert isinstance(layer, DynamicConv3d)
    assert layer(torch.randn(2, 2, 4, 5, 5).double()).dtype == torch.double


def test_weights_and_modes_survive_the_pass():
    net = Net()
    before = copy.deepcopy(net.state_dict())
    net.block.eval()
    convert_to_dynamic(net, SHAPE)
    assert all(torch.equal(net.state_dict()[key], value) for key, value in before.items())
    assert net.training and not net.block.training and not net.block[2].training


def assert_same(model: nn.Module, x: torch.Tensor, expected: torch.Tensor, tolerance=1e-5) -> None:
    """First candidates compute what the static model did."""
    with fixed_choice(model), torch.no_grad():
        torch.testing.assert_close(model(x), expected, rtol=tolerance, atol=tolerance)


def test_layer_with_a_forward_of_its_own_stays_and_is_named():
    class Standardized(nn.Conv3d):
        def forward(self, x):
            return super().forward(x) * 2

    net = nn.Sequential(Standardized(3, 8, 1), nn.Conv3d(8, 8, 1))
    with pytest.warns(UserWarning, match=r'left static: 0 \(Standardized defines forward\)'):
        assert list(dynamic_layers(convert_to_dynamic(net, SHAPE))) == ['1']


def test_layers_of_several_names_are_converted_under_all():
    class Aliased(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stage1, self.stage2 = (nn.Sequential(nn.Conv3d(3, 3, 1)) for _ in range(2))
            self.stages = nn.ModuleList([self.stage1, self.stage2])
            self.held = [self.stage1[0]]  # registered nowhere here

        def forward(self, x):
            return self.stages[1](self.held[0](x))

    static, x = Aliased().eval(), torch.randn(2, *SHAPE)
    expected, weights = static(x).detach(), copy.deepcopy(static.state_dict())
    model = convert_to_dynamic(copy.deepcopy(static), SHAPE)
    assert list(dynamic_layers(model)) == ['stage1.0', 'stage2.0']
    assert model.stages[0][0] is model.stage1[0] is model.held[0]
    assert_same(model, x, expected)
    model(x)
    assert executed_cost(model).layers == ('stage1.0', 'stage2.0')
    other = convert_to_dynamic(Aliased().eval(), SHAPE)
    missing, unexpected = other.load_state_dict(weights, strict=False)
    assert not unexpected and all('.gate.' in k or '_reconstructions.' in k for k in missing)
    assert_same(other, x, expected)


def test_hooks_and_attributes_move_along():
    net, seen = two_layers(), []
    net[0].tag = 'mine'
    handle = net[0].register_forward_hook(
        lambda layer, args, kwargs, out: 2 * out, with_kwargs=True
    )
    net[0].register_forward_hook(lambda layer, inputs, out: seen.append(layer), always_call=True)
    net[2].register_forward_pre_hook(lambda layer, inputs: (3 * inputs[0],))
    net[2].register_full_backward_hook(lambda layer, *_: seen.append(layer))
    net[2].register_load_state_dict_pre_hook(lambda layer, *_: seen.append(layer))
    x = torch.randn(2, *SHAPE)
    expected = net.eval()(x).detach()
    model = convert_to_dynamic(net, SHAPE)
    assert isinstance(model[0], DynamicConv3d) and model[0].tag == 'mine'
    seen.clear()
    assert_same(model, x, expected)
    model(x).sum().backward()
    model.load_state_dict(model.state_dict())
    assert seen == [model[0], model[0], model[2], model[2]]
    handle.remove()
    with fixed_choice(model), pytest.raises(AssertionError):
        torch.testing.assert_close(model(x).detach(), expected)


def test_tied_and_read_weights_stay_what_they_are():
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = nn.Conv3d(3, 3, 1), nn.Conv3d(3, 3, 1)
            self.other.weight = self.one.weight

        def forward(self, x):
            x = self.other(self.one(input=x))  # by keyword
            return {'out': (nn.functional.conv3d(x, self.one.weight),)}

    model, x = Tied().eval(), torch.randn(2, *SHAPE)
    weight, expected = model.one.weight, model(x)['out'][0].detach()
    convert_to_dynamic(model, SHAPE)
    assert model.one.weight is model.other.weight is weight
    with fixed_choice(model), torch.no_grad():
        torch.testing.assert_close(model(x)['out'][0], expected)


@pytest.mark.parametrize('dtype', [torch.half, torch.bfloat16, torch.double])
def test_other_precisions(dtype):
    model, x = two_layers(dtype=dtype).eval(), torch.randn(2, *SHAPE).to(dtype)
    expected = model(x).detach()
    assert_same(convert_to_dynamic(model, SHAPE), x, expected, tolerance=2e-2)
    assert {p.dtype for p in model.parameters()} == {dtype}


def test_two_conversions_of_one_model():
    """The second, of other layers, finds the first's and leaves them."""
    model = convert_to_dynamic(two_layers(), SHAPE, include='^0', temporal=1)
    convert_to_dynamic(model, SHAPE, exclude='^0')
    assert [layer.search.temporal for layer in dynamic_layers(model).values()] == [1, 2]
    assert len(model._forward_pre_hooks) == 1
    with pytest.raises(ValueError, match='no convolution of Sequential is selected'):
        convert_to_dynamic(model, SHAPE)


def test_fixed_choice_restores_what_was_there():
    model = convert_to_dynamic(Net(), SHAPE).eval()
    with fixed_choice(model, temporal=1, channel=0):
        with fixed_choice(model, temporal=0, channel=5):
            model(torch.randn(1, *SHAPE))
            assert executed_cost(model).channel_index.tolist() == [[1, 1]]
        model(torch.randn(1, *SHAPE))
        assert executed_cost(model).time_index.tolist() == [[1, 1]]
    assert all(layer.override is None for layer in dynamic_layers(model).values())
    with pytest.raises(ValueError, match='below 0'), fixed_choice(model, temporal=-1):
        pass
