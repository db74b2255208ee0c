"""The training path, the inference path and the static network give the same results."""

import copy

import pytest
import torch
from torch import nn

from tests.blockwise.networks import (
    CLIP,
    FRAME,
    FRAMES,
    KINDS,
    basic,
    bottleneck,
    clips_of,
    decided,
    every_pattern,
    inverted,
    split_in_two,
)
from vared_mm.blockwise import DynamicBlock, convert_blocks
from vared_mm.dynamic import (
    ConstantGate,
    Override,
    dynamic_layers,
    executed_cost,
    fixed_choice,
    overridden,
)


def convert(net: nn.Module, dims: int = 3, **options) -> tuple[nn.Module, DynamicBlock]:
    """A network with one block, which rebuilds frames in no trivial way."""
    options = {'multiple': 1, **options}
    if dims == 2:
        options = {'frames': FRAMES, **options}
    convert_blocks(net.eval(), CLIP if dims == 3 else FRAME, **options)
    (block,) = dynamic_layers(net).values()
    for weight in (*block.reconstructions.parameters(), *block.biases):
        nn.init.normal_(weight, std=0.3)
    return net, block


def per_clip(x: torch.Tensor, clip: int, dims: int) -> torch.Tensor:
    """One clip of a batch."""
    return x[clip : clip + 1] if dims == 3 else x[clip * FRAMES : (clip + 1) * FRAMES]


@pytest.mark.parametrize('dims', [3, 2])
@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize('size', [2, 3])
def test_every_pattern_clip_by_clip(kind, dims, size):
    torch.manual_seed(0)
    net, block = convert(kind(dims).double(), dims, temporal=size, channel=size, bias=size == 2)
    assert max(block.search.axes) == size
    decision = every_pattern(block, torch.double)
    x = clips_of(len(decision), dims).double()
    with torch.no_grad(), overridden([block], decided(decision)):
        inferred, cost = net(x), executed_cost(net)
        block.training = True
        trained = net(x)
        assert (executed_cost(net).executed == cost.executed).all()
        block.training = False
    torch.testing.assert_close(inferred, trained, rtol=1e-10, atol=1e-10)
    assert len(set(cost.executed.ravel().tolist())) > size  # the choices do matter
    for clip in range(0, len(decision), max(len(decision) // 5, 1)):
        alone = decision.of(torch.tensor([clip]))
        with torch.no_grad(), overridden([block], decided(alone)):
            one = net(per_clip(x, clip, dims))
            assert executed_cost(net).executed[0] == cost.executed[clip]
        torch.testing.assert_close(one, per_clip(inferred, clip, dims), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_first_candidates_are_the_static_network(kind):
    static, x = kind().eval(), clips_of(3)
    net, block = convert(copy.deepcopy(static))
    with torch.no_grad(), fixed_choice(net):
        expected = static(x)
        torch.testing.assert_close(net(x), expected, rtol=1e-6, atol=1e-6)
        block.training = True
        torch.testing.assert_close(net(x), expected, rtol=1e-6, atol=1e-6)
        assert executed_cost(net).share.tolist() == [1.0] * 3


def test_single_precision_and_channels_last():
    torch.manual_seed(0)
    net, block = convert(bottleneck())
    decision = every_pattern(block, torch.float)
    x = clips_of(len(decision)).contiguous(memory_format=torch.channels_last_3d)
    with torch.no_grad(), overridden([block], decided(decision)):
        inferred = net(x)
        block.training = True
        torch.testing.assert_close(net(x), inferred, rtol=1e-5, atol=1e-5)


def test_a_mix_along_time_is_refused():
    net, block = convert(bottleneck())
    mix = ConstantGate.equal_mix(block.search)
    with overridden([block], lambda _: Override(mix)), pytest.raises(ValueError, match='one cand'):
        net(clips_of(1))


def test_no_clips():
    net, _ = convert(bottleneck())
    with torch.no_grad():
        assert net(clips_of(2)[:0]).shape == (0, *CLIP)
        assert len(executed_cost(net)) == 0


@pytest.mark.parametrize('padding', ['same', 1])
@pytest.mark.parametrize('mode', ['zeros', 'replicate'])
def test_other_paddings(padding, mode):
    options = {'padding': padding, 'padding_mode': mode, 'bias': True}
    static = nn.Sequential(nn.Conv3d(4, 6, 3, **options), nn.ReLU(), nn.Conv3d(6, 4, 3, **options))
    net, block = convert(static.double())
    decision = every_pattern(block, torch.double)
    x = clips_of(len(decision)).double()
    with torch.no_grad(), overridden([block], decided(decision)):
        inferred = net(x)
        block.training = True
        torch.testing.assert_close(net(x), inferred, rtol=1e-10, atol=1e-10)
    convs, frames = (net[0], net[2]), x[:, :, ::2]
    with torch.no_grad(), fixed_choice(net, temporal=1):  # what the branch alone would compute
        block.reconstructions[0][0].reset_parameters()
        expected = frames
        for conv in convs:
            expected = conv._conv_forward(expected, conv.weight, conv.bias)
            expected = expected.relu() if conv is net[0] else expected
        torch.testing.assert_close(net(x)[:, :, ::2], expected)


def test_squeeze_sees_zeros_where_nothing_is_kept():
    net, block = convert(inverted().double(), temporal=1)
    seen = []
    net.branch[2].pool.register_forward_pre_hook(lambda _m, inputs: seen.append(inputs[0]))
    x = clips_of(2).double()
    for block.training in (False, True):
        with torch.no_grad(), fixed_choice(net, channel=1):
            net(x)
        assert (seen[-1][:, 6:] == 0).all() and (seen[-1][:, :6] != 0).any()


@pytest.mark.parametrize('kind', [basic, split_in_two])
def test_norms_in_training_see_what_is_computed(kind):
    """Running statistics are those of all frames that are computed, of all clips together."""
    torch.manual_seed(0)
    net, block = convert(kind().double(), channel=1)
    norm = net.branch[0][1]
    decision = every_pattern(block, torch.double)
    assert len(decision) == 2
    x, frames = clips_of(2).double(), []
    net.train()
    norm.momentum = 1.0
    with overridden([block], decided(decision)):
        net(x).sum().backward()
    first = net.branch[0][0]
    for clip, stride in ((0, 1), (1, 2)):
        part = x[clip : clip + 1, :, ::stride]
        frames.append(first._conv_forward(part, first.weight, None).transpose(0, 1).flatten(1))
    expected = torch.cat(frames, 1).mean(1)
    torch.testing.assert_close(norm.running_mean, expected)
    assert all(p.grad is not None for p in block.reconstructions.parameters())
