"""The first test of the method: training and inference are one, and start as the static layer."""

import copy

import pytest
import torch
from torch import nn

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import (
    ConstantGate,
    Decision,
    DynamicConv3d,
    Override,
    convert_to_dynamic,
    dynamic_layers,
    fixed_choice,
)

# kind, options of the convolution, input channels, output channels, frames
LAYERS = {
    'spatial': (nn.Conv3d, {'kernel_size': (1, 3, 3), 'padding': (0, 1, 1)}, 6, 8, 8),
    'temporal': (nn.Conv3d, {'kernel_size': (3, 1, 1), 'padding': (1, 0, 0)}, 6, 8, 9),
    'full_3d_strided': (nn.Conv3d, {'kernel_size': 3, 'padding': 1, 'stride': (2, 1, 2)}, 6, 8, 17),
    'odd_channels': (nn.Conv3d, {'kernel_size': 3, 'padding': 1}, 5, 11, 8),
    'grouped': (nn.Conv3d, {'kernel_size': 3, 'padding': 1, 'groups': 8}, 8, 16, 8),
    'depthwise': (nn.Conv3d, {'kernel_size': 3, 'padding': 1, 'groups': 9}, 9, 9, 8),
    'dilated_unpadded': (nn.Conv3d, {'kernel_size': 3, 'dilation': (1, 2, 1)}, 6, 8, 11),
    'pointwise_strided': (nn.Conv3d, {'kernel_size': 1, 'stride': 2}, 6, 8, 16),
    'replicate': (
        nn.Conv3d,
        {'kernel_size': 3, 'padding': 1, 'padding_mode': 'replicate'},
        6,
        8,
        9,
    ),
    'no_bias': (nn.Conv3d, {'kernel_size': (1, 3, 3), 'bias': False}, 6, 8, 8),
    '2d': (nn.Conv2d, {'kernel_size': 3, 'padding': 1, 'stride': 2}, 6, 8, 8),
    '2d_grouped_same': (nn.Conv2d, {'kernel_size': 3, 'padding': 'same', 'groups': 4}, 8, 12, 9),
    '2d_depthwise': (nn.Conv2d, {'kernel_size': 5, 'padding': 2, 'groups': 8}, 8, 8, 8),
    '2d_reflect': (nn.Conv2d, {'kernel_size': 3, 'padding': 1, 'padding_mode': 'reflect'}, 4, 7, 8),
}
CLIPS = 6


class Weights:
    """A gate that says what the test wants."""

    def __init__(self, temporal: torch.Tensor, channel: torch.Tensor) -> None:
        self.temporal, self.channel = temporal, channel

    def __call__(self, x: torch.Tensor) -> Decision:
        return Decision(self.temporal, self.channel, torch.zeros(len(x), 2, dtype=torch.bool))


def make(kind: str) -> tuple[nn.Module, torch.Tensor, dict]:
    torch.manual_seed(0)
    layer, options, c_in, c_out, frames = LAYERS[kind]
    x = torch.randn(CLIPS, c_in, frames, 7, 9)
    if layer is nn.Conv2d:
        conversion = {'input_shape': (c_in, 7, 9), 'frames': frames}
        return layer(c_in, c_out, **options), x.transpose(1, 2).flatten(0, 1), conversion
    return layer(c_in, c_out, **options), x, {'input_shape': (c_in, frames, 7, 9)}


def every_pattern(candidates: int) -> torch.Tensor:
    """All sets of active candidates but the empty one, as rows of 0 and 1."""
    numbers = torch.arange(1, 2**candidates)
    return (numbers[:, None] >> torch.arange(candidates)) & 1


@pytest.mark.parametrize('space', [2, 3, 4])
@pytest.mark.parametrize('kind', LAYERS)
def test_training_equals_inference_for_every_pattern(kind, space):
    static, x, conversion = make(kind)
    conversion['temporal'] = min(space, 3 if kind == 'full_3d_strided' else 4)
    try:
        layer = convert_to_dynamic(static, channel=space, **conversion)
    except ValueError as error:
        assert 'no selected convolution can have more' in str(error)
        assert space > 3 or kind in ('2d_grouped_same', 'dilated_unpadded')
        return
    sets_t, sets_c = every_pattern(layer.search.temporal), every_pattern(layer.search.channel)
    pairs = torch.cartesian_prod(torch.arange(len(sets_t)), torch.arange(len(sets_c)))
    for batch in pairs.split(CLIPS):  # a mixed batch: each clip has a pattern of its own
        chosen = batch[torch.arange(CLIPS) % len(batch)]
        values = torch.rand(CLIPS, 8) * 0.9 + 0.05
        temporal = sets_t[chosen[:, 0]] * values[:, : sets_t.shape[1]]
        channel = sets_c[chosen[:, 1]] * values[:, -sets_c.shape[1] :]
        layer.override = Override(Weights(temporal, channel))
        with torch.no_grad():
            trained, inferred = layer.train()(x), layer.eval()(x)
        assert torch.allclose(trained, inferred, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('kind', LAYERS)
def test_first_candidates_are_the_static_layer(kind, training):
    static, x, conversion = make(kind)
    layer = convert_to_dynamic(copy.deepcopy(static), **conversion).train(training)
    with fixed_choice(layer, 0, 0), torch.no_grad():
        assert torch.allclose(layer(x), static(x), atol=1e-6)


def test_first_candidates_are_exactly_what_the_same_kernel_gives():
    static, x, conversion = make('odd_channels')  # no folding: the very same call
    layer = convert_to_dynamic(copy.deepcopy(static), **conversion)
    with fixed_choice(layer), torch.no_grad():
        assert torch.equal(layer.train()(x), static(x))
        assert torch.equal(layer.eval()(x), static(x))


def test_search_space_one_stays_static():
    static, x, conversion = make('spatial')
    assert convert_to_dynamic(static, temporal=1, channel=1, **conversion) is static
    layer = DynamicConv3d(
        static, 8, 8, SearchSpace(1, 1), ConstantGate.equal_mix(SearchSpace(1, 1))
    )
    for training in (True, False):
        assert torch.allclose(layer.train(training)(x), static(x), atol=1e-6)


def test_gates_of_a_batch_do_not_touch_each_other():
    """A clip's result does not depend on its neighbours."""
    static, x, conversion = make('spatial')
    layer = convert_to_dynamic(static, **conversion).eval()
    with torch.no_grad():
        layer.gate.excite.normal_(std=3)
        together = layer(x)
        assert len(set(layer.record.decision.patterns())) > 1, 'a mixed batch was wanted'
        alone = torch.cat([layer(x[i : i + 1]) for i in range(CLIPS)])
    assert torch.allclose(together, alone, atol=1e-6)


def test_gradients_equal_those_of_plain_operations():
    """The fused weighted sum has its own backward: compare with finite differences."""
    static = nn.Conv3d(2, 4, (1, 3, 3), padding=(0, 1, 1)).double()
    layer = convert_to_dynamic(static, (2, 4, 3, 3), temporal=3, channel=2).double().train()
    for module in (layer.temporal_reconstructions, layer.channel_reconstructions):
        for parameter in module.parameters():
            nn.init.normal_(parameter)
    x = torch.randn(2, 2, 4, 3, 3, dtype=torch.double, requires_grad=True)
    temporal = torch.rand(2, 3, dtype=torch.double, requires_grad=True)
    channel = torch.rand(2, 2, dtype=torch.double, requires_grad=True)

    def run(x, temporal, channel, *_parameters):
        layer.override = Override(Weights(temporal, channel))
        return layer(x)

    used = [p for n, p in layer.named_parameters() if not n.startswith('gate.')]
    assert torch.autograd.gradcheck(run, (x, temporal, channel, *used), fast_mode=True)
    layer.eval()  # and of the path that computes only what is asked for
    assert torch.autograd.gradcheck(run, (x, temporal, channel, *used), fast_mode=True)


def test_layer_that_cannot_have_the_search_space():
    static = nn.Conv3d(3, 1, 1)
    with pytest.raises(ValueError, match='1 channels in 1 group.*can have'):
        DynamicConv3d(static, 4, 4, SearchSpace(2, 2), ConstantGate.equal_mix(SearchSpace(2, 2)))


def test_frames_that_do_not_make_up_clips():
    layer = convert_to_dynamic(nn.Conv2d(3, 4, 3), (3, 8, 8), frames=4)
    with pytest.raises(ValueError, match='10 frames do not make up clips of 4'):
        layer(torch.randn(10, 3, 8, 8))


def test_copy_after_a_training_step():
    layer = convert_to_dynamic(nn.Conv3d(3, 4, 1), (3, 4, 5, 5))
    layer(torch.randn(2, 3, 4, 5, 5)).sum().backward()
    assert list(dynamic_layers(copy.deepcopy(layer))) == ['']


def test_half_precision_under_autocast():
    static, x, conversion = make('spatial')
    layer = convert_to_dynamic(static, **conversion)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        out = layer(x)
    assert out.dtype == torch.bfloat16
    out.float().square().mean().backward()
    assert layer.gate.beta.grad.dtype == torch.float32
    assert all(parameter.grad is not None for parameter in layer.parameters())


def test_a_clip_that_is_not_a_number_spoils_itself_only():
    static, x, conversion = make('spatial')
    layer = convert_to_dynamic(static, **conversion).eval()
    x[1, 0, 0, 0, 0] = float('nan')
    with torch.no_grad():
        out = layer(x)
    assert out[1].isnan().any()
    assert not out[[0, 2, 3, 4, 5]].isnan().any()
