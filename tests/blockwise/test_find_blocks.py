"""Blocks are found by what a network computes; what is none is refused with the reason."""

import pytest
import torch.nn.functional as F
from torch import Tensor, nn

from tests.blockwise.networks import CLIP, KINDS, Squeeze, bottleneck, conv
from vared_mm.blockwise import BlockConvolution, convert_blocks
from vared_mm.dynamic import dynamic_layers

CHAINS = {'basic': [1], 'bottleneck': [2], 'inverted': [1], 'split_in_two': [3], 'Branches': [2]}


class Between(nn.Module):
    """Two convolutions, and something between them."""

    def __init__(self, between, dims: int = 3) -> None:
        super().__init__()
        self.a, self.b = conv(4, 8, 3, dims), conv(8, 4, 3, dims)
        self.between = between

    def forward(self, x: Tensor) -> Tensor:
        return self.b(self.between(self.a(x)))


class Drop(nn.Module):
    """Leaves out whole samples in training, as stochastic depth does."""

    def forward(self, x: Tensor) -> Tensor:
        return x * x.new_empty(len(x), 1, 1, 1, 1).bernoulli_(0.5) if self.training else x


def blocks(net: nn.Module, **options) -> dict[str, list[int]]:
    """Kept channels of the blocks that a network gets, by name."""
    convert_blocks(net, CLIP, multiple=1, **options)
    return {name: [k[0] for k in block.kept] for name, block in dynamic_layers(net).items()}


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_kinds(kind):
    (kept,) = blocks(kind()).values()
    assert [len(kept)] == CHAINS[kind.__name__]


@pytest.mark.parametrize(
    'between',
    [
        nn.Identity(),
        nn.Sequential(nn.SiLU(), nn.Dropout(), nn.Hardswish(inplace=True)),
        lambda x: x * x.sigmoid(),
        lambda x: F.avg_pool3d(F.relu6(x), (1, 2, 2)),
        conv(8, 8, 3, groups=8),
        Squeeze(8, 3),
        nn.Sequential(Squeeze(8, 3), conv(8, 8, (3, 1, 1), groups=8), nn.ReLU()),
    ],
    ids=lambda between: type(between).__name__,
)
def test_channels_alone(between):
    net = Between(between)
    assert blocks(net) == {'a.0.block': [8]}
    assert isinstance(net.b[0], BlockConvolution)


@pytest.mark.parametrize(
    ('between', 'reason'),
    [
        (nn.GroupNorm(2, 8), r'native_group_norm in between, which reads its result'),
        (nn.Softmax(dim=1), r'_softmax in between'),
        (nn.ChannelShuffle(2), r'channel_shuffle in between|a\.0 \('),
        (nn.ConvTranspose3d(8, 8, 1), r'convolution in between'),
        (lambda x: x + x.roll(1, 1), r'roll, which reads its result|a\.0 \('),
        (Drop(), r'what reads its result differs in training'),
        (nn.utils.weight_norm(nn.Conv3d(8, 8, 1)), r'its weights are worked out from others'),
    ],
    ids=['group norm', 'softmax', 'shuffle', 'transposed', 'roll', 'drop', 'weight norm'],
)
@pytest.mark.filterwarnings('ignore:.*weight_norm:FutureWarning')
def test_refused(between, reason):
    net = Between(between)
    with pytest.raises(ValueError, match=f'no block of Between is selected .*{reason}'):
        blocks(net)
    assert type(net.a[0]) is nn.Conv3d


@pytest.mark.parametrize(
    'forward',
    [
        lambda net, x: (h := net.a(x), net.b(h))[1] + h.mean(),
        lambda net, x: net.b(net.a(x) + x.mean()),
        lambda net, x: net.b(net.a(x) + x.repeat(1, 2, 1, 1, 1)),
        lambda net, x: [h := net.a(x), net.b(h)],
        lambda net, x: net.b(net.b[1](net.a(x)[:, :4]).repeat(1, 2, 1, 1, 1)),
        lambda net, x: net.b(net.a(net.a(x)[:, :4])),
    ],
    ids=['read twice', 'other data', 'shortcut', 'returned', 'norm used twice', 'layer used twice'],
)
def test_no_hidden_tensor(forward):
    class Other(Between):
        def forward(self, x):
            return forward(self, x)

    net = Other(None)
    net.register_forward_pre_hook(lambda _net, inputs: (inputs[0] + 1,))  # data all the same
    with pytest.raises(ValueError, match='no block of Other is selected'):
        blocks(net)


def test_hooks_of_the_network_may_compute():
    net = bottleneck()
    net.register_forward_hook(lambda _net, _inputs, out: 2 * out)
    net.register_forward_pre_hook(lambda _net, inputs: (inputs[0] + 1,))
    assert blocks(net) == {'branch.0.0.block': [9, 6]}


def test_in_place_changes_are_followed():
    def double(x: Tensor) -> Tensor:
        view = x.view(x.shape)
        x.mul_(2)
        return view

    with pytest.raises(ValueError, match='no block'):  # a view is none for each channel alone
        blocks(Between(double))
    assert blocks(Between(lambda x: x.mul_(2).clamp_(0, 1))) == {'a.0.block': [8]}


def test_time_is_off_where_frames_would_not_meet():
    assert _time(Between(lambda x: F.max_pool3d(x, (3, 1, 1), 1, (1, 0, 0)))) == 1
    assert _time(Between(lambda x: F.max_pool3d(x, (1, 2, 2)))) == 2
    unpadded = nn.Sequential(nn.Conv3d(4, 8, (3, 1, 1)), nn.ReLU(), nn.Conv3d(8, 4, 1))
    assert _time(unpadded) == 1  # 6 frames of 8, but 2 of every second


def _time(net: nn.Module) -> int:
    """Temporal candidates of the network's block, of two that it is asked for."""
    net = nn.Sequential(net, bottleneck())  # which can have two
    convert_blocks(net, CLIP, multiple=1)
    return next(iter(dynamic_layers(net).values())).search.temporal


def test_include_and_exclude():
    assert blocks(nn.Sequential(bottleneck(), bottleneck()), include='^1') == {
        '1.branch.0.0.block': [9, 6]
    }
    assert list(blocks(nn.Sequential(bottleneck(), bottleneck()), exclude=[r'^1.*branch.1'])) == [
        '0.branch.0.0.block'
    ]
    with pytest.raises(ValueError, match="include='none'"):
        blocks(bottleneck(), include='none')


def test_one_warning_names_what_stays_static():
    odd = bottleneck()
    odd.branch[1][0] = nn.utils.parametrizations.weight_norm(odd.branch[1][0])
    with pytest.warns(UserWarning, match=r'convert_blocks: left static: 1\.branch') as seen:
        assert list(blocks(nn.Sequential(bottleneck(), odd))) == ['0.branch.0.0.block']
    assert len(seen) == 1


def test_numbers_of_channels():
    net = Between(nn.ReLU())
    net.a, net.b = conv(4, 50, 1), conv(50, 4, 1)
    convert_blocks(net, CLIP, channel=3)
    (block,) = dynamic_layers(net).values()
    assert block.kept == ((50, 32, 16),)
    with pytest.raises(ValueError, match='can have more than temporal=2, channel=1'):
        convert_blocks(Between(nn.ReLU()), CLIP)  # 8 channels are the least
    with pytest.raises(ValueError, match='multiple=0'):
        convert_blocks(Between(nn.ReLU()), CLIP, multiple=0)
