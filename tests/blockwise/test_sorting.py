"""Sorting hidden channels changes their order, and nothing that is computed in full."""

import copy

import pytest
import torch
from torch import nn

from tests.blockwise.networks import CLIP, KINDS, Squeeze, basic, bottleneck, clips_of, conv
from tests.blockwise.test_exact import convert
from vared_mm.blockwise import convert_blocks, sort_channels
from vared_mm.dynamic import fixed_choice


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_nothing_changes_but_the_order(kind):
    net, _ = convert(kind().double())
    x = clips_of(2).double()
    before = [p.clone() for p in net.parameters()]
    with torch.no_grad(), fixed_choice(net):
        expected = net(x)
        assert sort_channels(net) == {}
        torch.testing.assert_close(net(x), expected, rtol=1e-12, atol=1e-12)
    assert any(not torch.equal(p, q) for p, q in zip(net.parameters(), before, strict=True))
    again = [p.clone() for p in net.parameters()]
    sort_channels(net)
    assert all(torch.equal(p, q) for p, q in zip(net.parameters(), again, strict=True))


def test_the_most_important_come_first():
    net, _ = convert(basic())
    (a, norm), (b, _) = net.branch
    with torch.no_grad():
        nn.init.constant_(norm.weight, 1)
        nn.init.constant_(norm.running_var, 1)
        for i in range(8):
            a.weight[i], b.weight[:, i] = 1 + (3 * i) % 8, 1.0
    sort_channels(nn.Sequential(net))  # also as a part of a larger network
    assert a.weight[:, 0, 0, 0, 0].tolist() == [8, 7, 6, 5, 4, 3, 2, 1]


def test_norms_may_have_been_replaced():
    net, _ = convert(bottleneck().double())
    with torch.no_grad(), fixed_choice(net):
        x = clips_of(2).double()
        expected = net(x)
        net = nn.SyncBatchNorm.convert_sync_batchnorm(net).eval()
        assert sort_channels(net) == {}
        torch.testing.assert_close(net(x), expected, rtol=1e-12, atol=1e-12)


def test_what_can_not_be_sorted_is_left_and_named():
    tied = nn.Sequential(conv(4, 8, 3), nn.ReLU(), conv(8, 4, 3), conv(4, 8, 3))
    tied[3][0].weight = tied[0][0].weight
    convert_blocks(tied, CLIP, multiple=1)
    before = copy.deepcopy(tied.state_dict())
    assert sort_channels(tied) == {f'0.0.block, {i}': 'its weights are shared' for i in (0, 1)}
    assert all(torch.equal(before[key], value) for key, value in tied.state_dict().items())

    square = Squeeze(8, 3)
    square.reduce, square.expand = nn.Conv3d(8, 8, 1), nn.Conv3d(8, 8, 1)
    net = nn.Sequential(conv(4, 8, 3), square, conv(8, 4, 3))
    convert_blocks(net, CLIP, multiple=1)
    assert '1 is no squeeze-and-excitation of two layers' in sort_channels(net)['0.0.block, 0']
    with pytest.raises(ValueError, match='no dynamic block'):
        sort_channels(nn.Linear(1, 1))
