"""Conversion of module trees."""

import copy

import pytest
import torch
from torch import nn

from vared_mm.dynamic import (
    DynamicConv2d,
    DynamicConv3d,
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
    fixed_choice,
)


class Net(nn.Module):
    """Two 3-D convolutions in blocks, a head, and one layer that is used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(3, 8, (1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1))
        self.block = nn.Sequential(nn.BatchNorm3d(8), nn.ReLU(), nn.Conv3d(8, 12, 3, (2, 1, 1), 1))
        self.shared = nn.Conv3d(12, 12, 1)
        self.head = nn.Linear(12, 4)

    def forward(self, x):
        x = self.block(self.stem(x))
        x = self.shared(self.shared(x))
        return self.head(x.mean((2, 3, 4)))


SHAPE = (3, 8, 16, 16)


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


def test_layer_with_a_forward_of_its_own_stays():
    class Standardized(nn.Conv3d):
        def forward(self, x):
            return super().forward(x) * 2

    net = nn.Sequential(Standardized(3, 8, 1), nn.Conv3d(8, 8, 1))
    assert list(dynamic_layers(convert_to_dynamic(net, SHAPE))) == ['1']


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'include': 'nothing'}, "no convolution of Net is selected by include='nothing'.*stem"),
        ({'temporal': 5}, 'temporal=5, channel=2: no selected convolution can have more than'),
        ({'channel': 6}, 'can have more than temporal=2, channel=5'),
        ({'temporal': 0}, 'search space temporal=0: must be an integer >= 1'),
        ({'gate': 'hard'}, "gate='hard': must be 'soft' or 'constant'"),
        ({'kernel_size': 5}, 'must be 1 or 3'),
    ],
)
def test_senseless_requests(options, message):
    with pytest.raises(ValueError, match=message):
        convert_to_dynamic(Net(), SHAPE, **options)


@pytest.mark.parametrize(
    ('shape', 'message'),
    [
        ((3, 16), 'must be .C, T, H, W.'),
        ((3, 8, 16, -1), 'positive integers'),
        ((5, 8, 16, 16), 'Net does not run on an input of'),
    ],
)
def test_senseless_input_shape(shape, message):
    with pytest.raises(ValueError, match=message):
        convert_to_dynamic(Net(), shape)


def test_fixed_choice_restores_what_was_there():
    model = convert_to_dynamic(Net(), SHAPE).eval()
    with fixed_choice(model, temporal=1, channel=0):
        with fixed_choice(model, temporal=0, channel=5):
            model(torch.randn(1, *SHAPE))
            assert executed_cost(model).channel.tolist() == [[1, 1]]
        model(torch.randn(1, *SHAPE))
        assert executed_cost(model).temporal.tolist() == [[1, 1]]
    assert all(layer.forced is None for layer in dynamic_layers(model).values())
    with pytest.raises(ValueError, match='below 0'), fixed_choice(model, temporal=-1):
        pass
