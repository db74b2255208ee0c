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


def two_layers(**options) -> nn.Module:
    torch.manual_seed(0)
    convs = nn.Conv3d(3, 8, 3, padding=1, **options), nn.Conv3d(8, 8, 3, **options)
    return nn.Sequential(convs[0], nn.ReLU(), convs[1])


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


class Rows(nn.Module):
    """A stem, and a layer that sees the clips otherwise."""

    def __init__(self, layer: nn.Module, call) -> None:
        super().__init__()
        self.stem, self.layer, self.call = nn.Conv3d(3, 8, 1), layer, call

    def forward(self, x):
        x = self.stem(x)
        return x, self.call(self.layer, x)


ROWS = {
    'heads': (
        nn.Conv3d(4, 4, 1),
        lambda layer, x: layer(x.reshape(-1, 4, *x.shape[2:])),
        'it sees 2 rows for each clip',
    ),
    'columns': (
        nn.Conv2d(8, 8, 1),
        lambda layer, x: layer(x.permute(0, 4, 1, 2, 3).flatten(0, 1)),
        'it sees 16 rows for each clip of 8 frames',
    ),
    'clip by clip': (
        nn.Conv3d(8, 8, 1),
        lambda layer, x: torch.cat([layer(clip[None]) for clip in x]),
        'it runs more than once in a pass',
    ),
    'no batch': (
        nn.Conv3d(8, 8, 1),
        lambda layer, x: layer(x[0]),
        'its input has no axis of clips',
    ),
    'one for all': (
        nn.Conv3d(8, 8, 1),
        lambda layer, x: x + layer(x.mean(0, keepdim=True)),
        r'its input is \(1, 8, 8, 16, 16\) of one clip and \(1, 8, 8, 16, 16\) of 3',
    ),
}


@pytest.mark.parametrize(('layer', 'call', 'reason'), ROWS.values(), ids=ROWS)
def test_a_layer_that_does_not_see_clips_stays_static_and_is_named(layer, call, reason):
    model = Rows(layer, call)
    with pytest.warns(UserWarning, match=f'left static: layer .{reason}') as caught:
        convert_to_dynamic(model, SHAPE)
    assert '\n' not in str(caught[0].message)
    assert list(dynamic_layers(model)) == ['stem'] and type(layer) in (nn.Conv2d, nn.Conv3d)
    model.eval()(torch.randn(3, *SHAPE))
    assert len(executed_cost(model)) == 3


class Views(nn.Module):
    """Can't take the order that results of dynamic layers are in."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(3, 8, 1)

    def forward(self, x):
        return self.conv(x).view(len(x), -1)


class ByClass(Views):
    """Does something else where the layer is of another class."""

    def forward(self, x):
        return self.conv(x) if type(self.conv) is nn.Conv3d else x


class FailsInTraining(Views):
    """Raises once all layers are dynamic."""

    def forward(self, x):
        return self.conv(x)

    def train(self, mode=True):
        if isinstance(self.conv, DynamicConv3d):
            raise RuntimeError('not here')
        return super().train(mode)


@pytest.mark.parametrize(
    ('model', 'error', 'message'),
    [
        (Views(), ValueError, 'with dynamic layers Views does not run .*view size'),
        (ByClass(), ValueError, 'ByClass does not call its layers as before'),
        (FailsInTraining(), RuntimeError, 'not here'),
        (nn.DataParallel(nn.Conv3d(3, 8, 1)), ValueError, 'convert what it wraps'),
        (torch.compile(nn.Conv3d(3, 8, 1)), ValueError, 'convert what it wraps'),
        (torch.jit.script(nn.Conv3d(3, 8, 1)), ValueError, 'no convolution of .* is selected'),
        (nn.Bilinear(3, 3, 3), ValueError, 'missing 1 required positional argument'),
        (
            nn.Sequential(torch.nn.utils.parametrizations.spectral_norm(nn.Conv3d(3, 8, 1))),
            ValueError,
            r'can not be dynamic: 0 \(its weights are worked out',
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else '',
)
def test_what_is_refused_is_as_it_was(model, error, message):
    before = [(m, type(m), list(vars(m).items()), m.training) for m in model.modules()]
    hooks, children = len(model._forward_pre_hooks), list(model.named_modules())
    with pytest.raises(error, match=message) as caught:
        convert_to_dynamic(model, SHAPE)
    assert '\n' not in str(caught.value)
    assert [(m, type(m), list(vars(m).items()), m.training) for m in model.modules()] == before
    assert (len(model._forward_pre_hooks), list(model.named_modules())) == (hooks, children)


def test_an_attribute_that_a_dynamic_layer_has_too_keeps_a_layer_static():
    model = two_layers()
    model[2].frames = 7
    with pytest.warns(UserWarning, match=r'left static: 2 \(it has an attribute frames of its own'):
        convert_to_dynamic(model, SHAPE)
    assert list(dynamic_layers(model)) == ['0'] and model[2].frames == 7


def test_layers_that_run_in_training_only_stay_static():
    class Auxiliary(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.aux = nn.Conv3d(3, 8, 1), nn.Conv3d(8, 4, 1)

        def forward(self, x):
            x = self.conv(x)
            return (x, self.aux(x)) if self.training else x

    model = convert_to_dynamic(Auxiliary(), SHAPE)
    assert list(dynamic_layers(model)) == ['conv'] and model.training


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
            assert executed_cost(model).channel_index.tolist() == [[1, 1]]
        model(torch.randn(1, *SHAPE))
        assert executed_cost(model).time_index.tolist() == [[1, 1]]
    assert all(layer.override is None for layer in dynamic_layers(model).values())
    with pytest.raises(ValueError, match='below 0'), fixed_choice(model, temporal=-1):
        pass
