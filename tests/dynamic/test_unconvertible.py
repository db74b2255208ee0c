"""Layers that can not be dynamic stay static and are named; other models are refused."""

import pytest
import torch
from torch import nn

from tests.dynamic.networks import SHAPE, Net, two_layers
from vared_mm.dynamic import (
    DynamicConv3d,
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
)


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
        (ByClass(), ValueError, 'ByClass calls its layers in another way'),
        (FailsInTraining(), RuntimeError, 'not here'),
        (nn.DataParallel(nn.Conv3d(3, 8, 1)), ValueError, 'convert the model before it is wrapped'),
        (torch.compile(nn.Conv3d(3, 8, 1)), ValueError, 'convert the model before it is wrapped'),
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
