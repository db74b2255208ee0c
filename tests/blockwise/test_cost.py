"""Executed cost of a block: by hand, and as torch counts what runs."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from tests.blockwise.networks import (
    FRAMES,
    KINDS,
    basic,
    clips_of,
    decided,
    every_pattern,
    inverted,
)
from tests.blockwise.test_exact import convert, per_clip
from vared_mm.dynamic import (
    count_macs,
    efficiency_loss,
    executed_cost,
    executed_share,
    fixed_choice,
    least_cost,
    overridden,
    recorded_cost,
)

PIXELS = 8 * 8


def test_by_hand_two_convolutions():
    """4 -> 8 -> 5 channels, both 3 x 3 x 3, the first with stride 2: 8 frames become 4."""
    net, block = convert(basic())
    small = 4 * 4 * 4  # positions of all results
    assert block.kept == ((8, 4),) and block.search.axes == (2, 2)
    with torch.no_grad(), fixed_choice(net, 1, 1):
        net(clips_of(1))
    cost = executed_cost(net)
    assert cost.dense.tolist() == [small * 27 * (4 * 8 + 8 * 5)]
    # 2 of 4 frames, 4 of 8 channels; two frames of 5 channels are rebuilt by 3 x 3 taps.
    assert cost.conv.tolist() == [[2 * 16 * 27 * (4 * 4 + 4 * 5)]]
    assert cost.cheap.tolist() == [[2 * 16 * 5 * 9]]
    assert cost.time_share.tolist() == [[0.5]] and cost.channel_share.tolist() == [[0.5]]
    assert cost.time_index.tolist() == cost.channel_index.tolist() == [[1]]


def test_by_hand_inverted():
    """4 -> 12, depthwise, 12 -> 4; the squeeze-and-excitation is no part of it."""
    net, _ = convert(inverted())
    positions = 8 * PIXELS
    with torch.no_grad(), fixed_choice(net, 0, 1):
        net(clips_of(1))
    cost = executed_cost(net)
    assert cost.dense.tolist() == [positions * (4 * 12 + 27 * 12 + 12 * 4)]
    assert cost.conv.tolist() == [[positions * (4 * 6 + 27 * 6 + 6 * 4)]]
    assert cost.cheap.tolist() == [[0]] and cost.gate.tolist() == [[0]]


@pytest.mark.parametrize('dims', [3, 2])
@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_as_torch_counts(kind, dims):
    """Each clip by itself, over every choice of first candidates."""
    net, block = convert(kind(dims), dims, temporal=3, channel=2)
    x = clips_of(1, dims)
    static = count_macs(net, tuple(x.shape)).total(without=('norm', 'pool'))
    decision = every_pattern(block, torch.float)
    for clip in range(len(decision)):
        one = decision.of(torch.tensor([clip]))
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), overridden([block], decided(one)), counter:
            net(x)
        cost = executed_cost(net)
        macs = cost.thesis_macs(static)[0] + cost.cheap.sum()
        if kind is inverted:  # its squeeze-and-excitation sees the frames that are there
            squeezes = 1 if dims == 3 else FRAMES
            left = 1 if dims == 3 else round(FRAMES * float(cost.time_share[0, 0]))
            macs -= squeezes * (2 * 12 * 3 + 3 + 12) - left * 2 * 12 * 3
        assert counter.get_total_flops() == 2 * macs


def test_a_batch_costs_what_its_clips_cost():
    net, block = convert(KINDS[1]())
    decision = every_pattern(block, torch.float)
    x = clips_of(len(decision))
    with torch.no_grad(), overridden([block], decided(decision)), recorded_cost(net) as recorder:
        net(x)
        together = recorder.take()
        for clip in range(len(decision)):
            block.override = decided(decision.of(torch.tensor([clip])))(block)
            net(per_clip(x, clip, 3))
        apart = recorder.take()
    assert (together.executed == apart.executed).all() and len(set(apart.executed)) > 4
    assert together.layers == ('branch.0.0.block',)


def test_least_and_dense_without_running():
    net, _ = convert(KINDS[1]())
    (least,) = least_cost(net, (1, 4, 8, 8, 8)).values()
    with torch.no_grad(), fixed_choice(net, 9, 9):
        net(clips_of(1))
    cost = executed_cost(net)
    assert (least.dense, least.conv) == (cost.dense[0], cost.conv[0, 0])
    assert least.executed == cost.conv[0, 0] + cost.cheap[0, 0] + least.gate and least.gate > 0


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_efficiency_loss_is_the_executed_share(kind):
    net, block = convert(kind(), temporal=3, channel=3)
    decision = every_pattern(block, torch.float)
    decision.temporal.requires_grad_()
    decision.channel.requires_grad_()
    with overridden([block], decided(decision)):
        net(clips_of(len(decision)))
    share, cost = executed_share([block.record]), executed_cost(net)
    np.testing.assert_allclose(share.detach(), cost.conv[:, 0] / cost.dense, rtol=1e-6)
    efficiency_loss([block.record], torch.ones(len(decision))).backward()
    first = decision.temporal.grad[:, 0] * (decision.temporal[:, 0] > 0)
    assert (first >= 0).all() and first.sum() > 0  # less of the whole clip costs less
    assert decision.channel.grad[decision.channel > 0].abs().sum() > 0
