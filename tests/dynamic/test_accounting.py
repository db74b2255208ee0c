"""Executed cost against PyTorch's own counter and against sums by hand."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from vared_mm.dynamic import (
    convert_to_dynamic,
    count_macs,
    executed_cost,
    fixed_choice,
    recorded_cost,
)

SHAPE = (3, 8, 12, 12)


def make_net() -> nn.Module:
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv3d(3, 8, (1, 3, 3), padding=(0, 1, 1), bias=False),
        nn.BatchNorm3d(8),
        nn.Conv3d(8, 10, 3, stride=(2, 2, 2), padding=1, bias=False, groups=2),
        nn.Conv3d(10, 9, 1, bias=False),
    )
    return convert_to_dynamic(net, SHAPE, temporal=3, channel=2).eval()


def counted_macs(model: nn.Module, x: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(x)
    return counter.get_total_flops() // 2


@pytest.mark.parametrize('temporal', [0, 1, 2])
@pytest.mark.parametrize('channel', [0, 1])
def test_fixed_choices_equal_the_flop_counter(temporal, channel):
    model, x = make_net(), torch.randn(3, *SHAPE)
    with fixed_choice(model, temporal, channel):
        flops = counted_macs(model, x)
        cost = executed_cost(model)
    assert flops == cost.executed.sum()
    assert cost.gate.sum() == 0


def test_gates_of_a_mixed_batch_equal_the_flop_counter():
    model, x = make_net(), torch.randn(6, *SHAPE)
    with torch.no_grad():
        for layer in (model[0], model[2], model[3]):
            layer.gate.excite.normal_(std=4)
    flops = counted_macs(model, x)
    cost = executed_cost(model)
    assert len(set(cost.executed.tolist())) > 1, 'a mixed batch was wanted'
    # The counter sees the two linear layers of a gate, not its pooling and norm.
    linear = sum(
        len(layer.gate.squeeze) * layer.gate.squeeze.shape[1]
        for layer in (model[0], model[2], model[3])
    )
    linear += sum(layer.gate.excite.numel() for layer in (model[0], model[2], model[3]))
    assert flops == cost.conv.sum() + cost.cheap.sum() + 6 * linear


def test_record_of_each_layer_by_hand():
    model = make_net()
    with fixed_choice(model, temporal=1, channel=1):
        model(torch.randn(2, *SHAPE))
    cost = executed_cost(model)
    assert cost.layers == ('0', '2', '3')
    dense = 8 * 8 * 144 * 27
    assert cost.dense[0] == dense
    assert cost.conv[:, 0].tolist() == [dense // 4] * 2
    # four maps rebuilt on four frames, then eight maps on the other four frames
    assert cost.cheap[:, 0].tolist() == [9 * 144 * (4 * 4 + 4 * 8)] * 2
    assert cost.time_share[0].tolist() == [0.5] * 3
    assert cost.channel_share[0].tolist() == [0.5, 0.5, 5 / 9]


def test_recorder_joins_batches_and_pieces():
    model = make_net()
    with recorded_cost(model) as recorder, torch.no_grad():
        assert recorder.take() is None
        for size in (2, 1):
            model(torch.randn(size, *SHAPE))
        assert len(recorder.take()) == 3
        model(torch.randn(1, *SHAPE))
        assert len(recorder.take()) == 1
    model(torch.randn(1, *SHAPE))
    assert recorder.take() is None, 'outside its context a recorder sees nothing'


def test_nothing_has_run():
    with pytest.raises(ValueError, match='no dynamic layer has run'):
        executed_cost(make_net())


def test_layers_that_saw_different_numbers_of_clips_are_named():
    model = make_net()
    model(torch.randn(2, *SHAPE))
    model[0](torch.randn(3, *SHAPE))
    with pytest.raises(ValueError, match='numbers of clips: 0 saw 3, 2 saw 2, 3 saw 2'):
        executed_cost(model)


def test_static_count_by_hand_and_blind_to_gates():
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3, bias=True),  # 10 x 10 -> 8 x 8
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 5),
    )
    expected = {
        '0': ('conv', 4 * 64 * (27 + 1)),
        '1': ('norm', 2 * 4 * 64),
        '3': ('pool', 4 * 64 + 4),
        '5': ('linear', 20),
    }
    assert count_macs(net, (1, 3, 10, 10)).layers == expected
    dynamic = convert_to_dynamic(net, (3, 10, 10), temporal=1)
    assert count_macs(dynamic, (1, 3, 10, 10)).layers == expected
    total = sum(macs for _, macs in expected.values())
    assert count_macs(net, (1, 3, 10, 10)).total() == total
    assert count_macs(net, (1, 3, 10, 10)).total(without=('norm',)) == total - 512
